// Room: XEP-0050: which command, which stage. In: a command stanza. Out: what the command says. May enter: app, and the rooms of commands
// beside.
import { buildForm, buildTable, readForm } from '../../xmpp/stanza/data-form.ts';
import type { FormField, FormValues } from '../../xmpp/stanza/data-form.ts';
import type { IqRequest, Route } from '../../xmpp/routing/router.ts';
import { StanzaError } from '../../xmpp/stanza/stanza-error.ts';
import type { Condition } from '../../xmpp/stanza/stanza-error.ts';
import { childElements, xml } from '../../xmpp/stanza/xml.ts';
import type { Element } from '../../xmpp/stanza/xml.ts';
import type { CommandSessions } from './session.ts';
import { CommandRefusal } from './command.ts';
import type { Command, CommandResult, Note } from './command.ts';
import { ns } from '../namespaces.ts';

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
      return ask(request, command, sessions);
    case 'run':
      return run(request, command, step.values, step.sessionId);
    default:
      return step satisfies never;
  }
}

async function ask(request: IqRequest, command: Command, sessions: CommandSessions): Promise<Element> {
  const fields = await command.fields();
  if (fields.length === 0) return run(request, command, new Map(), undefined);
  return buildQuestion(command, sessions.issue(command.node, request.fromText), fields);
}

async function run(request: IqRequest, command: Command, values: FormValues, sessionId: string | undefined): Promise<Element> {
  const fields = await command.fields();
  try {
    checkRequired(fields, values);
    const cause = { id: request.id, signal: request.signal };
    return buildOutcome(command, await command.run(values, request.from, cause), sessionId);
  } catch (error) {
    if (!(error instanceof CommandRefusal)) throw error;
    if (sessionId === undefined) throw commandError('bad-payload', error.message);
    return buildQuestion(command, sessionId, fillFields(fields, values), { type: 'error', text: error.message });
  }
}

/** A password may begin with a blank, and what a push says is somebody's text. */
const asWritten = ['password', 'body'];

function readStep(command: Element): Step {
  const { action = 'execute', sessionid: sessionId } = command.attrs as { action?: string; sessionid?: string };
  if (!['execute', 'next', 'complete', 'prev', 'cancel'].includes(action))
    throw commandError('malformed-action', `unknown action "${action}"`);
  if (action === 'cancel') return { kind: 'cancel', sessionId };
  if (action === 'prev') throw commandError('bad-action', 'this is the first stage');
  const form = command.getChild('x', ns.dataForms);
  if (form?.attrs['type'] === 'cancel') return { kind: 'cancel', sessionId };
  if (form !== undefined) return { kind: 'run', values: readForm(form, asWritten), sessionId };
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

function checkRequired(fields: readonly FormField[], values: FormValues): void {
  const missing = fields.filter((field) => field.isRequired === true && !values.has(field.var));
  if (missing.length > 0) throw new CommandRefusal(`missing: ${missing.map((field) => field.var).join(', ')}`);
}

/** What was entered stays entered when a form is shown again, but for passwords. */
function fillFields(fields: readonly FormField[], values: FormValues): readonly FormField[] {
  return fields.map((field) => {
    const text = field.type === 'text-private' ? undefined : values.get(field.var);
    if (text === undefined) return field;
    return { ...field, values: field.type.endsWith('-multi') ? text.split('\n') : [text] };
  });
}

function buildQuestion(command: Command, sessionId: string, fields: readonly FormField[], note?: Note): Element {
  const actions = xml('actions', { execute: 'complete' }, xml('complete', {}));
  const form = buildForm('form', fields, command.name, note?.text ?? command.instructions);
  return buildAnswer(command, 'executing', sessionId, actions, form, note === undefined ? undefined : buildNote(note));
}

/** COMPAT(Cheogram): it shows what comes first, form or note, and nothing else. So the form does, and says what the note says. */
function buildOutcome(command: Command, result: CommandResult, sessionId: string | undefined): Element {
  const { notes = [], fields, table, formType = 'result', action } = result;
  const texts = notes.map(({ text }) => text);
  const form = fields === undefined ? undefined : buildForm(formType, fields);
  const shown = table === undefined ? form : buildTable(table, command.name, texts);
  const answer = buildAnswer(command, 'completed', sessionId, shown, ...notes.map(buildNote));
  if (action !== undefined) answer.attrs['action'] = action;
  return answer;
}

function buildNote({ type, text }: Note): Element {
  return xml('note', { type }, text);
}

function buildAnswer(
  command: Command,
  status: 'canceled' | 'completed' | 'executing',
  sessionid: string | undefined,
  ...content: readonly (Element | undefined)[]
): Element {
  return xml('command', { xmlns: ns.commands, node: command.node, sessionid, status }, ...content);
}

/** A refusal with XEP-0050's own condition behind the defined one. */
export function commandError(name: keyof typeof commandErrors, text: string): StanzaError {
  return new StanzaError(commandErrors[name], text, { name, xmlns: ns.commands });
}
