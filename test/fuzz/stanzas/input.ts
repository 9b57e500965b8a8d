/** A part of the bytes on the wire: text, the same text many times, or bytes that are no text (base64). */
export type Piece = string | { readonly repeat: string; readonly times: number } | { readonly base64: string };

/**
 * What is written to the component, between two stanzas. `{apns}`, `{fcm}` and `{log}` stand for nodes of registered devices,
 * `{id}` for an id that never was before.
 */
export interface StanzaInput {
  readonly pieces: readonly Piece[];
  /** Where it is cut into packets, in thousandths of its length. */
  readonly cuts: readonly number[];
}

/** The bytes, with what `fillIn` says in the places of the placeholders. */
export function buildBytes({ pieces }: StanzaInput, fillIn: (placeholder: string) => string): Buffer {
  const fill = (text: string) => text.replace(/\{(apns|fcm|log|id)\}/g, (_, placeholder: string) => fillIn(placeholder));
  return Buffer.concat(pieces.map((piece) => buildPiece(piece, fill)));
}

function buildPiece(piece: Piece, fill: (text: string) => string): Buffer {
  if (typeof piece === 'string') return Buffer.from(fill(piece));
  if ('base64' in piece) return Buffer.from(piece.base64, 'base64');
  return Buffer.from(piece.repeat.repeat(piece.times));
}

/** The packets. */
export function cutBytes(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = cuts.map((cut) => Math.floor((bytes.length * cut) / 1000)).sort((a, b) => a - b);
  const bounds = [0, ...places, bytes.length];
  return bounds.slice(1).map((end, index) => bytes.subarray(bounds[index], end));
}
