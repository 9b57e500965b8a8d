import { buildError, StanzaError } from './stanza-error.ts';
import { xml } from './xml.ts';
import type { Element } from './xml.ts';

/** Where an answer goes: the request's attributes as they were written. */
export interface ReturnAddress {
  /** What kind of stanza it answers, and is. */
  readonly stanza: 'iq' | 'message';
  readonly id: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export function readReturnAddress(request: Element): ReturnAddress {
  const { id, from, to } = request.attrs as Record<string, string | undefined>;
  return { stanza: request.name === 'message' ? 'message' : 'iq', id, from, to };
}

/** From the exact `to`, to the exact `from`, with the same `id`: Prosody and Tigase match answers by these texts. */
export function buildResult(address: ReturnAddress, child: Element | undefined): Element {
  return buildReply(address, 'result', child);
}

export function buildErrorReply(address: ReturnAddress, error: StanzaError): Element {
  return buildReply(address, 'error', buildError(error));
}

/** The one refusal that no server holds against a registration. */
export function temporary(text: string): StanzaError {
  return new StanzaError('internal-server-error', text);
}

/** What is sent in place of an answer that is too long to be sent. */
export function buildTooLarge(answer: Element): Element {
  const { stanza, id, from, to } = readReturnAddress(answer);
  return buildErrorReply({ stanza, id, from: to, to: from }, temporary('the answer would be too long'));
}

function buildReply({ stanza, id, from, to }: ReturnAddress, type: 'result' | 'error', child: Element | undefined): Element {
  return xml(stanza, { type, id, from: to, to: from }, child);
}
