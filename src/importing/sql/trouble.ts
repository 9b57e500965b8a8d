/** A dump does not say what it should; `line` is where. */
export class SqlTrouble extends Error {
  override readonly name = 'SqlTrouble';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}
