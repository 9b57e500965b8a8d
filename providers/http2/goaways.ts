/** RFC 9113 §7, by number. */
const codes = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
] as const;
/** What servers send when they close a connection for maintenance, overload or a fault of theirs: counted from 0. */
const usual = ['NO_ERROR', 'INTERNAL_ERROR', 'ENHANCE_YOUR_CALM'] as const;
const other = 'other';
/** Reasons told apart; a server that makes some up fills no memory. */
const mostReasons = 20;

/** Connections that a server ended, by its reason, over all pools that one provider ever has. */
export class Goaways {
  readonly #counts = new Map<string, number>([...usual, other].map((reason) => [reason, 0]));

  /** `data` is what the server wrote into the frame: Apple's is JSON with a `reason`. */
  count(code: number, data: string): void {
    const reason = readReason(data) ?? codes[code] ?? other;
    const key = this.#counts.has(reason) || this.#counts.size < mostReasons ? reason : other;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}

function readReason(data: string): string | undefined {
  return /^\{[^{}]*"reason"\s*:\s*"([A-Za-z]{1,40})"/.exec(data)?.[1];
}
