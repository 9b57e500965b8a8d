import { domain } from '../program/connection.ts';
import { isSurelyJid, isSurelyNoJid } from '../program/jid.ts';
import { StrictReader, type Tag } from '../program/strict-reader.ts';

/** Above these the program may call a stanza unreadable: its own bounds, and some room for counting differently. */
const readableDepth = 60;
export const readableSize = 1_000_000;
/** Above this it may give up the stream: four times its bound. */
export const hopelessSize = 4_000_000;
/** Addresses as they stand in an answer: with more it would be longer than servers take. */
const answerableSize = 250_000;

const streams = 'http://etherx.jabber.org/streams';
const header = Buffer.from(`<stream:stream xmlns='jabber:component:accept' xmlns:stream='${streams}'>`);
const end = Buffer.from('<end/>');

/** What the program owes one stanza. */
export interface Expected {
  readonly stanza: Tag;
  /** `any`: no server would send it so, or no answer to it could be sent; then one answer at most. */
  readonly answers: 'one' | 'none' | 'any';
  /** `type/condition` of the errors that it may be answered with. */
  readonly errors: readonly string[];
}

/** Contract §4.6. Temporary stands for our own mistakes as well, so it is none of them where nothing is out of order. */
const publishErrors = ['cancel/item-not-found', 'modify/bad-request'];
/** `modify/not-acceptable` is mod_push_appserver's. */
const serviceErrors = [
  ...publishErrors,
  'modify/not-acceptable',
  'auth/forbidden',
  'cancel/not-allowed',
  'cancel/service-unavailable',
  'wait/resource-constraint',
];
const unreadableError = 'wait/internal-server-error';

/** What is owed for these bytes; undefined where they are not well-formed or without end, so that stanzas can't be told from each other. */
export function expectAnswers(bytes: Buffer): readonly Expected[] | undefined {
  if (bytes.length > hopelessSize) return undefined;
  const reader = new StrictReader();
  const stanzas: Tag[] = [];
  reader.onStanza = (stanza) => stanzas.push(stanza);
  reader.write(header);
  reader.write(bytes);
  reader.write(end);
  // Behind a whole stanza another one can begin.
  if (reader.fault !== undefined || stanzas.pop()?.name !== 'end' || stanzas.some(({ uri }) => uri === streams)) return undefined;
  const isReadable = reader.deepest <= readableDepth && bytes.length <= readableSize;
  return stanzas.map((stanza) => expectAnswer(stanza, isReadable));
}

function expectAnswer(stanza: Tag, isReadable: boolean): Expected {
  const errors = isPublish(stanza) ? publishErrors : serviceErrors;
  return { stanza, answers: countAnswers(stanza), errors: isReadable ? errors : [...errors, unreadableError] };
}

function countAnswers({ name, uri, attributes }: Tag): Expected['answers'] {
  const { type = '', from = '', to = '', id = '' } = attributes;
  if (name !== 'iq' || type === 'result' || type === 'error' || isSurelyNoJid(from)) return 'none';
  const isDeliverable = uri === 'jabber:component:accept' && (type === 'get' || type === 'set') && isSurelyJid(from) && isOurs(to);
  return isDeliverable && Buffer.byteLength(id) * 6 < answerableSize ? 'one' : 'any';
}

function isOurs(to: string): boolean {
  return isSurelyJid(to) && to.replace(/^[^@/]*@/, '').replace(/\/.*$/s, '') === domain;
}

/** Servers send nothing else to a node. */
export function isPublish({ attributes, children }: Tag): boolean {
  const [payload] = children;
  return attributes['type'] === 'set' && payload?.name === 'pubsub' && payload.uri === 'http://jabber.org/protocol/pubsub';
}
