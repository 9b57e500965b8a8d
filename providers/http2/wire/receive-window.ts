import { usualWindow, ConnectionError, errorCodes, frameTypes, buildFrame } from './frames.ts';

/** What is read without telling the peer: half of what it may send. */
const untold = usualWindow >> 1;

/** Octets of bodies that the peer may send us (RFC 9113 §6.9): as much as it has sent, in large steps. */
export class ReceiveWindow {
  #left = usualWindow;
  readonly #streamId: number;

  constructor(streamId: number) {
    this.#streamId = streamId;
  }

  /** Takes note of `length` octets; returns the WINDOW_UPDATE to be sent, where it is time. Throws ConnectionError where they are too many. */
  take(length: number): Buffer | undefined {
    this.#left -= length;
    if (this.#left < 0) throw new ConnectionError(errorCodes.flowControlError, 'more DATA than its window');
    if (this.#left > untold) return undefined;
    const by = usualWindow - this.#left;
    this.#left = usualWindow;
    return buildFrame(frameTypes.windowUpdate, this.#streamId, by);
  }
}
