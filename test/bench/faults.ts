export interface PrintedRow {
  readonly fault: string;
  readonly client: string;
  readonly pushes: string;
  readonly accepted: string;
  readonly retried: string;
  readonly lost: string;
}

/** The rows of the printed table. */
export function readRows(output: string): readonly PrintedRow[] {
  const lines = output.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line) => {
    const [, fault = '', client = '', pushes = '', accepted = '', retried = '', , , lost = ''] = line.split('|').map((cell) => cell.trim());
    return { fault, client, pushes, accepted, retried, lost };
  });
}
