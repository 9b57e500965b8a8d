/** The command line can't be understood; the message is one line, without the program's name. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
