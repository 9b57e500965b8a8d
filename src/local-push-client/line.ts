/** What a session is told by its line: each text that came, and once that it is over. Never before `open` has returned. */
export interface Ears {
  message(text: string): void;
  /** With the server's close code, an HTTP status, or 0 where there was no word from a server. */
  closed(code: number, afterMs?: number): void;
}

/** One connection, whatever it is made of. */
export interface Line {
  send(text: string): void;
  /** Ends it, and says nothing more. */
  close(): void;
}

export type OpenLine = (url: string, ears: Ears) => Line;

/** Of characters; anything longer is not the protocol. */
export const longestMessage = 64 * 1024;
