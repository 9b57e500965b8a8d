import { buildForm, readForm } from '../xmpp/data-form.ts';
import type { FormValues } from '../xmpp/data-form.ts';
import type { IqRequest, Route } from '../xmpp/router.ts';
import { StanzaError } from '../xmpp/stanza-error.ts';
import type { Condition } from '../xmpp/stanza-error.ts';
import { childElements, xml } from '../xmpp/xml.ts';
import type { Element } from '../xmpp/xml.ts';
import type { CommandSessions } from './command-session.ts';
import type { Command } from './command.ts';
import { ns } from './namespaces.ts';

/** XEP-0050 §4.4: the command's own conditions, each with the defined condition it goes with. */
const commandErrors = {
  'malformed-action': 'bad-request',
  'bad-action': 'bad-request',
  'bad-payload': 'bad-request',
  'bad-sessionid': 'bad-request',
  'session-expired': 'not-allowed',
} as const satisfies Record<string, Condition>;

/** What the requester wants, all shapes of XEP-0050 and of the clients reduced to three. */
type Step =
  | { readonly kind: 'cancel'; readonly sessionId: string | undefined }
  | { readonly kind: 'ask' }
  | { readonly kind: 'run'; readonly values: FormValues; readonly sessionId: string | undefined };

/**
 * XEP-0050: the life cycle of every command. A filled form runs the command, whether it comes at once (without action, with
 * `execute` or `complete`, no session: Siskin, Stork, Conversations) or as the second stage; a request without one gets the form.
 */
export function buildCommandsRoute(commands: readonly Command[], sessions: CommandSessions): Route {
  const byNode = new Map(commands.map((command) => [command.node, command]));
  return {
    type: 'set',
    xmlns: ns.commands,
    name: 'command',
    handle: (request) => execute(request, findCommand(byNode, request), sessions),
  };
}

function findCommand(byNode: ReadonlyMap<string, Command>, { payload, from }: IqRequest): Command {
  const command = byNode.get(String(payload.attrs['node']));
  if (command === undefined) throw new StanzaError('item-not-found', 'no such command');
  if (!command.isAllowed(from)) throw new StanzaError('forbidden', 'you may not run this command');
  return command;
}

async function execute(request: IqRequest, command: Command, sessions: CommandSessions): Promise<Element> {
  const step = readStep(request.payload);
  if (step.kind !== 'ask' && step.sessionId !== undefined) checkSession(sessions, step.sessionId, command, request);
  switch (step.kind) {
    case 'cancel':
      return buildAnswer(command, 'canceled', step.sessionId);
    case 'ask':
      return buildQuestion(command, sessions.issue(command.node, request.fromText));
    case 'run': {
      checkRequired(command, step.values);
      const fields = await command.run(step.values, request.from);
      return buildAnswer(command, 'completed', step.sessionId, buildForm('result', fields));
    }
  }
}

function readStep(command: Element): Step {
  const { action = 'execute', sessionid: sessionId } = command.attrs as { action?: string; sessionid?: string };
  if (!['execute', 'next', 'complete', 'prev', 'cancel'].includes(action))
    throw commandError('malformed-action', `unknown action "${action}"`);
  if (action === 'cancel') return { kind: 'cancel', sessionId };
  if (action === 'prev') throw commandError('bad-action', 'this is the first stage');
  const form = command.getChild('x', ns.dataForms);
  if (form?.attrs['type'] === 'cancel') return { kind: 'cancel', sessionId };
  if (form !== undefined) return { kind: 'run', values: readForm(form), sessionId };
  if (childElements(command).length > 0 || action !== 'execute' || sessionId !== undefined) {
    throw commandError('bad-payload', 'this stage needs the filled form');
  }
  return { kind: 'ask' };
}

function checkSession(sessions: CommandSessions, sessionId: string, command: Command, request: IqRequest): void {
  const verdict = sessions.verify(sessionId, command.node, request.fromText);
  if (verdict === 'forged') throw commandError('bad-sessionid', 'this session is not known here; start the command anew');
  if (verdict === 'expired') throw commandError('session-expired', 'this session is too old; start the command anew');
}

function checkRequired(command: Command, values: FormValues): void {
  const missing = command.fields().filter((field) => field.isRequired === true && !values.has(field.var));
  if (missing.length > 0) throw commandError('bad-payload', `missing: ${missing.map((field) => field.var).join(', ')}`);
}

function buildQuestion(command: Command, sessionId: string): Element {
  const answer = buildAnswer(command, 'executing', sessionId);
  answer.append(xml('actions', { execute: 'complete' }, xml('complete', {})));
  answer.append(buildForm('form', command.fields(), command.name, command.instructions));
  return answer;
}

function buildAnswer(
  command: Command,
  status: 'canceled' | 'completed' | 'executing',
  sessionid: string | undefined,
  form?: Element,
): Element {
  return xml('command', { xmlns: ns.commands, node: command.node, sessionid, status }, form);
}

/** A refusal with XEP-0050's own condition behind the defined one. */
export function commandError(name: keyof typeof commandErrors, text: string): StanzaError {
  return new StanzaError(commandErrors[name], text, { name, xmlns: ns.commands });
}
