import type { ClientStream } from '../wire/client-stream.ts';

/** The GOAWAYs of one session. With code 0 it may come twice, the second time with the true last stream id. */
export class Farewell {
  #lastStreamId: number | undefined;

  /** Takes note; returns the words of the first one, undefined for those that follow. */
  heard(lastStreamId: number, data: Buffer): string | undefined {
    const isFirst = this.#lastStreamId === undefined;
    this.#lastStreamId = Math.min(lastStreamId, this.#lastStreamId ?? lastStreamId);
    return isFirst ? data.toString('utf8', 0, 256) : undefined;
  }

  /** RFC 9113 §6.8: streams above the last stream id were not processed. */
  excludes({ id }: ClientStream): boolean {
    return id === 0 || (this.#lastStreamId !== undefined && id > this.#lastStreamId);
  }
}
