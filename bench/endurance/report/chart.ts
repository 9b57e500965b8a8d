export type Colour = keyof typeof colours;

/** One line of a picture. */
export interface Series {
  readonly name: string;
  readonly colour: Colour;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

export interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
}

const width = 960;
const panelHeight = 150;
const margin = { left: 60, right: 130, top: 26 } as const;
const plotHeight = panelHeight - margin.top - 14;
const plotWidth = width - margin.left - margin.right;
/** Told apart by those who don't see colours as most do (Okabe and Ito). */
const colours = { blue: '#0072b2', orange: '#d55e00', green: '#009e73' } as const;

/** Panels one below the other over the same seconds, as SVG; `bands` are shaded. */
export function buildChart(panels: readonly Panel[], seconds: number, bands: readonly (readonly [from: number, to: number])[]): string {
  const height = panels.length * panelHeight + 24;
  const x = (at: number) => (margin.left + (at / seconds) * plotWidth).toFixed(1);
  const body = panels.map((panel, index) => `<g transform="translate(0 ${index * panelHeight})">${drawPanel(panel, x, bands)}</g>`);
  const ticks = Array.from({ length: 7 }, (_, index) => (seconds / 6) * index).map(
    (at) => `<text x="${x(at)}" y="${height - 10}" text-anchor="middle">${formatTime(at, seconds)}</text>`,
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">` +
    `<rect width="${width}" height="${height}" fill="#fff"/>${body.join('')}${ticks.join('')}</svg>\n`
  );
}

function drawPanel({ title, series }: Panel, x: (at: number) => string, bands: readonly (readonly [number, number])[]): string {
  const most = roundUp(Math.max(1, ...series.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite)));
  const y = (value: number) => (margin.top + plotHeight * (1 - value / most)).toFixed(1);
  const shades = bands.map(
    ([from, to]) =>
      `<rect x="${x(from)}" y="${margin.top}" width="${Math.max(1, Number(x(to)) - Number(x(from))).toFixed(1)}" height="${plotHeight}" fill="#eee"/>`,
  );
  const grid = [0, most / 2, most].map(
    (value) =>
      `<path d="M${margin.left} ${y(value)}h${plotWidth}" stroke="#ccc"/><text x="${margin.left - 6}" y="${Number(y(value)) + 4}" text-anchor="end">${value}</text>`,
  );
  const lines = series.map(({ name, colour: word, points }, index) => {
    const colour = colours[word];
    const seen = points.filter(([, value]) => Number.isFinite(value)).map(([at, value]) => `${x(at)} ${y(value)}`);
    const legend = `<text x="${width - margin.right + 8}" y="${margin.top + 12 + index * 16}" fill="${colour}">${name}</text>`;
    return `<polyline points="${seen.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.3"/>${legend}`;
  });
  return `<text x="${margin.left}" y="16" font-weight="bold">${title}</text>${shades.join('')}${grid.join('')}${lines.join('')}`;
}

/** To one or two significant digits, so that half of it is a round number as well. */
function roundUp(value: number): number {
  const step = 10 ** Math.floor(Math.log10(value)) / 5;
  return Math.max(2, Math.ceil(value / step / 2) * step * 2);
}

function formatTime(at: number, seconds: number): string {
  return seconds < 120 ? `${Math.round(at)} s` : `${(at / 60).toFixed(1).replace('.0', '')} min`;
}
