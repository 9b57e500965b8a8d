import type { ClientHttp2Stream } from 'node:http2';

/** The GOAWAYs of one session. With code 0 it may come twice, the second time without data but with the true last stream id. */
export class Farewell {
  #lastStreamId: number | undefined;

  /** Takes note; returns the words of the first one, undefined for those that follow. */
  heard(lastStreamId: number, data: Buffer | undefined): string | undefined {
    const isFirst = this.#lastStreamId === undefined;
    this.#lastStreamId = Math.min(lastStreamId, this.#lastStreamId ?? lastStreamId);
    return isFirst ? (data?.toString('utf8', 0, 256) ?? '') : undefined;
  }

  /** RFC 9113 §6.8: streams above the last stream id were not processed. */
  excludes({ id }: ClientHttp2Stream): boolean {
    return id === undefined || (this.#lastStreamId !== undefined && id > this.#lastStreamId);
  }
}
