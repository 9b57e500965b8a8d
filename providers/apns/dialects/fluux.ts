import type { Push } from '../../../src/index.ts';
import type { Privacy } from '../../payload/payload-keys.ts';
import { alert } from '../push-kind.ts';
import { isNews, wake } from './alerts.ts';
import type { BuildDialectPayload } from './dialect-payload.ts';

const aps = { alert: { body: 'New message' }, sound: 'default', 'mutable-content': 1 };
/** A JID may have 3071 bytes; a tenth of it is long. */
const longestSender = 1024;

/** Fluux: the app's extension makes the sender, where the server tells it, the title; of the message itself nothing is told. */
export const buildFluuxPayload: BuildDialectPayload = (push, privacy) =>
  isNews(push) ? { kind: alert, payload: { aps, ...readSender(push, privacy) } } : wake;

function readSender({ notification: { sender } }: Push, { content, requireEncryption }: Privacy): { readonly from?: string } {
  const isHeldBack = requireEncryption || content === 'none';
  return sender === undefined || isHeldBack || Buffer.byteLength(sender) > longestSender ? {} : { from: sender };
}
