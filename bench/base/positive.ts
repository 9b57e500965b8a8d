/** The value of an option, or the usual one; throws how the bench is called where it is no number above 0. */
export function parsePositive(text: string | undefined, usual: number, usage: string): number {
  const number = text === undefined ? usual : Number(text);
  if (!Number.isFinite(number) || number <= 0) throw new Error(usage);
  return number;
}
