import { ConnectionError, errorCodes, highestMaxFrameSize, highestWindow, usualMaxFrameSize, usualWindow } from './frames.ts';

/** RFC 9113 §6.5.2. */
const names = { headerTableSize: 0x1, maxConcurrentStreams: 0x3, initialWindowSize: 0x4, maxFrameSize: 0x5 } as const;
const settingLength = 6;

/** What the peer allows us: its SETTINGS, and before them what counts for everybody. */
export class PeerSettings {
  headerTableSize = 4096;
  /** Undefined where it sets no limit. */
  maxConcurrentStreams: number | undefined;
  initialWindowSize = usualWindow;
  maxFrameSize = usualMaxFrameSize;

  /** Takes the payload of a SETTINGS frame; throws ConnectionError where a value is not allowed. Settings that we don't know are passed over. */
  take(payload: Buffer): void {
    if (payload.length % settingLength !== 0) throw new ConnectionError(errorCodes.frameSizeError, 'SETTINGS of a wrong length');
    for (let offset = 0; offset < payload.length; offset += settingLength)
      this.#set(payload.readUInt16BE(offset), payload.readUInt32BE(offset + 2));
  }

  #set(name: number, value: number): void {
    switch (name) {
      case names.headerTableSize:
        this.headerTableSize = value;
        break;
      case names.maxConcurrentStreams:
        this.maxConcurrentStreams = value;
        break;
      case names.initialWindowSize:
        if (value > highestWindow) throw new ConnectionError(errorCodes.flowControlError, `SETTINGS_INITIAL_WINDOW_SIZE ${value}`);
        this.initialWindowSize = value;
        break;
      case names.maxFrameSize:
        if (value < usualMaxFrameSize || value > highestMaxFrameSize)
          throw new ConnectionError(errorCodes.protocolError, `SETTINGS_MAX_FRAME_SIZE ${value}`);
        this.maxFrameSize = value;
        break;
      default:
    }
  }
}
