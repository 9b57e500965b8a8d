import type { Provider, Push } from '../provider/provider.ts';

const maxBytes = 4096;
/** What does not fit is left out whole, in this order. */
const droppable = ['body', 'encrypted', 'nickname', 'sender'] as const;

type Content = Readonly<Record<string, unknown>>;

/** A push as the app reads it: as its provider says, or where it says nothing as Tigase's apps read it. Throws where what it says is none. */
export function readContent(provider: Provider, push: Push): Content {
  if (provider.contentOf === undefined) return fit(buildUsual(push));
  const content: unknown = provider.contentOf(push);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new Error('the content of a push is an object');
  if (!isFitting(content as Content)) throw new Error(`the content of a push has more than ${maxBytes} bytes`);
  return content as Content;
}

/** Enough to wake the app, and nothing else. */
export function buildLeast({ account, id, showsId }: Push): Content {
  return { account, ...(showsId === true ? { 'push-id': id } : {}) };
}

function buildUsual(push: Push): Content {
  const { messageCount, sender, nickname, body, encrypted } = push.notification;
  const plain = encrypted === undefined ? { sender, nickname, body } : { encrypted: encrypted.payload, iv: encrypted.iv };
  const content = { 'unread-messages': messageCount, ...plain };
  return { ...Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined)), ...buildLeast(push) };
}

function fit(content: Content): Content {
  let fitting = content;
  for (const key of droppable) {
    if (isFitting(fitting)) break;
    fitting = Object.fromEntries(Object.entries(fitting).filter(([name]) => name !== key && !(key === 'encrypted' && name === 'iv')));
  }
  return fitting;
}

function isFitting(content: Content): boolean {
  return Buffer.byteLength(JSON.stringify(content)) <= maxBytes;
}
