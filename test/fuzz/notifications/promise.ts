import type { Push } from '../../../src/index.ts';
import type { Element } from '../../../src/xmpp/stanza/xml.ts';

const errors = ['auth/forbidden', 'cancel/item-not-found', 'modify/bad-request', 'modify/not-acceptable', 'wait/internal-server-error'];

/** What an error may be, judged by the stanza alone. Returns `type/condition`; throws a sentence where it is anything else. */
export function checkError(answer: Element, stanza: Element, secrets: readonly string[]): string {
  const { type, id, from, to } = answer.attrs as Record<string, unknown>;
  const asked = stanza.attrs as Record<string, unknown>;
  if (answer.name !== 'message' || type !== 'error') throw new Error(`a message was answered by ${answer.name} of type ${String(type)}`);
  if (id !== asked['id'] || from !== asked['to'] || to !== asked['from']) throw new Error('an error for somebody else');
  const error = answer.getChild('error');
  const [condition, ...more] = error?.children.filter((child) => typeof child !== 'string') ?? [];
  const told = `${String(error?.attrs['type'])}/${condition?.getName() ?? ''}`;
  if (!errors.includes(told)) throw new Error(`an error that no server expects: ${told}`);
  const text = more.map((one) => one.getText()).join(' ');
  if (secrets.some((secret) => secret.length > 12 && text.includes(secret))) throw new Error('quotes what was sent');
  return told;
}

/** What may reach a provider, and so a push service: nothing in it may end a header, and nothing is larger than a service takes. */
export function checkPush({ id, token, sealed, expiresAt }: Push): void {
  if (!/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(id)) throw new Error('a push without a UUID');
  if (!(expiresAt.getTime() > Date.now())) throw new Error('a push that is over');
  if (!/^[\x21-\x7e]{1,1000}$/.test(token)) throw new Error('a token that is no word of printable ASCII');
  if (sealed === undefined) throw new Error('a push without what was sealed');
  const { message, vapid } = sealed;
  if (message !== undefined && (message.length < 103 || message.length > 4_096 || message[20] !== 65))
    throw new Error('no message of aes128gcm');
  if (vapid !== undefined && !/^[\w-]{1,2048}(?:\.[\w-]{1,2048}){2}$/.test(vapid.token)) throw new Error('a token that is no JWT');
  if (vapid !== undefined && !/^B[\w-]{86}$/.test(vapid.key)) throw new Error('a key that is no point');
}

/** Whether an address is Apple's, and what is done with a push to it: `accepted` for those that end with 0. */
export function isTakenByApple(client: string): boolean {
  return /^\s*https:\/\/api\.push\.apple\.com\/3\/device\/(?:[\da-f]{63})0#org\.example\.app(?:&[\da-f]{64})?\s*$/.test(client);
}
