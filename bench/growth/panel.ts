/** A line: one value for each place on the x axis. */
export interface Line {
  readonly name: string;
  readonly values: readonly number[];
}

export interface Panel {
  readonly title: string;
  readonly x: readonly string[];
  readonly lines: readonly Line[];
}

export const size = { width: 340, height: 250 };
const plot = { left: 62, right: 16, top: 56, bottom: 30 };
const ticks = 4;

/** One chart as SVG elements; its classes are styled by who puts it into a picture. */
export function drawPanel({ title, x, lines }: Panel): string {
  const top = niceAbove(Math.max(...lines.flatMap(({ values }) => values)));
  const xAt = (index: number) => plot.left + ((size.width - plot.left - plot.right) * (index + 0.5)) / x.length;
  const yAt = (value: number) => size.height - plot.bottom - ((size.height - plot.top - plot.bottom) * value) / top;
  const grid = Array.from({ length: ticks + 1 }, (_, index) => (top * index) / ticks).map(
    (value) =>
      `<line class="grid" x1="${plot.left}" x2="${size.width - plot.right}" y1="${at(yAt(value))}" y2="${at(yAt(value))}"/>` +
      `<text class="small" text-anchor="end" x="${plot.left - 6}" y="${at(yAt(value) + 4)}">${formatNumber(value)}</text>`,
  );
  const places = x.map(
    (label, index) => `<text class="small" text-anchor="middle" x="${at(xAt(index))}" y="${size.height - 10}">${escape(label)}</text>`,
  );
  const drawn = lines.map(({ values }, number) => {
    const points = values.map((value, index) => `${at(xAt(index))},${at(yAt(value))}`);
    const dots = values.map((value, index) => `<circle class="dot line${number}" cx="${at(xAt(index))}" cy="${at(yAt(value))}" r="3"/>`);
    return `<polyline class="line line${number}" points="${points.join(' ')}"/>${dots.join('')}`;
  });
  const heading = `<text class="title" x="8" y="18">${escape(title)}</text>`;
  return [heading, ...drawLegend(lines), ...grid, ...places, ...drawn].join('\n');
}

function drawLegend(lines: readonly Line[]): readonly string[] {
  const width = (size.width - 16) / Math.max(1, lines.length);
  return lines.map(({ name }, number) => {
    const left = at(8 + number * width);
    return `<rect class="dot line${number}" x="${left}" y="31" width="10" height="4"/><text class="small" x="${Number(left) + 14}" y="37">${escape(name)}</text>`;
  });
}

/** The next of 1, 2, 4, 5, 8 or 10 times a power of ten. */
function niceAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 4, 5, 8, 10].find((step) => step * power >= value) ?? 10);
}

/** Short: 12.5, 340, 15k, 1M. */
export function formatNumber(value: number): string {
  if (value >= 1_000_000) return `${Number((value / 1_000_000).toPrecision(3))}M`;
  if (value >= 1_000) return `${Number((value / 1_000).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}

function at(value: number): string {
  return value.toFixed(1);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
