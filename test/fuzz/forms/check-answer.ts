import { readError } from '../program/error.ts';
import type { Tag } from '../program/strict-reader.ts';
import { checkForm, pick } from './check-form.ts';

const commands = 'http://jabber.org/protocol/commands';
const statuses = ['executing', 'completed', 'canceled'] as const;
const noteTypes = ['info', 'warn', 'error'];
const errors = ['modify/bad-request', 'auth/forbidden', 'cancel/item-not-found', 'cancel/not-allowed', 'wait/resource-constraint'];

/** Commands whose clients look for other words than XEP-0050's: mod_push_appserver's, and p2's and its likes', which call a result a form. */
const isOfModPushAppserver = (node: string) => node.startsWith('v1-');
const isOfAnotherDialect = (node: string) => isOfModPushAppserver(node) || /^(?:un)?register-push-/.test(node);

/** What a step came to. */
export interface StepEnd {
  /** A status of XEP-0050, or `type/condition` of an error. */
  readonly end: string;
  readonly session: string | undefined;
}

/** Throws where an answer is not as XEP-0050 has it, or is an error that a command may not end with. */
export function checkAnswer(answer: Tag, node: string): StepEnd {
  if (answer.attributes['type'] === 'error') return { end: checkError(answer, node), session: undefined };
  const [command, ...more] = answer.children;
  if (command?.name !== 'command' || command.uri !== commands || more.length > 0) throw new Error('the answer is no command');
  const { status, sessionid: session, node: answered } = command.attributes;
  if (answered !== node) throw new Error(`the command "${answered ?? ''}" answers instead of "${node}"`);
  const known = isOfModPushAppserver(node) && status === 'complete' ? 'completed' : statuses.find((one) => one === status);
  if (known === undefined) throw new Error(`a command with the status ${status ?? ''}`);
  checkContent(command, known, session, isOfAnotherDialect(node) ? 'form' : 'result');
  return { end: known, session };
}

function checkError(answer: Tag, node: string): string {
  const error = readError(answer);
  if (error === 'modify/not-acceptable' && isOfModPushAppserver(node)) return error;
  if (!errors.includes(error)) throw new Error(`a command ends with ${error}`);
  return error;
}

/** XEP-0050 §3.4: what is asked has a session and says what can be done; what is over says nothing of the kind. */
function checkContent(command: Tag, status: (typeof statuses)[number], session: string | undefined, resultForm: 'form' | 'result'): void {
  const [form, ...more] = pick(command, 'x');
  const actions = pick(command, 'actions');
  for (const note of pick(command, 'note'))
    if (!noteTypes.includes(note.attributes['type'] ?? '')) throw new Error('a note of no known type');
  if (more.length > 0) throw new Error('several forms in one answer');
  if (status === 'executing' && (form === undefined || session === undefined || actions.length !== 1))
    throw new Error('a stage without form, session or actions');
  if (status !== 'executing' && actions.length > 0) throw new Error('actions after the end');
  if (form !== undefined) checkForm(form, status === 'executing' ? 'form' : resultForm);
}
