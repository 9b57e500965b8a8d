/** Something that goes wrong at a sandbox of the type S, in the middle of a burst unless it says otherwise. */
export interface Fault<S> {
  readonly name: string;
  /** Orders it; the numbers count the pushes of the burst. Absent: nothing goes wrong. */
  readonly arrange?: (sandbox: S) => void;
  /** The burst is the first thing the client sends. */
  readonly isCold?: true;
  /** It is there from the burst's first push on, and not from the first push it is done to. */
  readonly isThereAtOnce?: true;
  /** Makes no sense over HTTP/1.1. */
  readonly needsHttp2?: true;
}
