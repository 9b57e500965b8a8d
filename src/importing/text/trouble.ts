/** A text does not say what it should; `line` is where. */
export class TextTrouble extends Error {
  override readonly name = 'TextTrouble';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}
