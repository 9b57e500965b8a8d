import { drawPanel, size, type Panel } from './panel.ts';

const columns = 3;
/** Readable on white and on black: the page, or the reader's system, says which it is. */
const style = `
svg { background: #ffffff; }
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; font-size: 13px; }
.small { font-size: 11px; fill: #59636e; }
.grid { stroke: #d1d9e0; stroke-width: 1; }
.line { fill: none; stroke-width: 2; }
.line0 { stroke: #0969da; } .dot.line0 { fill: #0969da; }
.line1 { stroke: #bc4c00; } .dot.line1 { fill: #bc4c00; }
.line2 { stroke: #1a7f37; } .dot.line2 { fill: #1a7f37; }
@media (prefers-color-scheme: dark) {
  svg { background: #0d1117; }
  text { fill: #f0f6fc; }
  .small { fill: #9198a1; }
  .grid { stroke: #3d444d; }
  .line0 { stroke: #4493f8; } .dot.line0 { fill: #4493f8; }
  .line1 { stroke: #f0883e; } .dot.line1 { fill: #f0883e; }
  .line2 { stroke: #3fb950; } .dot.line2 { fill: #3fb950; }
}`;

/** Several charts in one SVG file, three in a row. */
export function buildChart(panels: readonly Panel[], description: string): string {
  const width = columns * size.width;
  const height = Math.ceil(panels.length / columns) * size.height;
  const placed = panels.map((panel, index) => {
    const [x, y] = [(index % columns) * size.width, Math.floor(index / columns) * size.height];
    return `<g transform="translate(${x} ${y})">\n${drawPanel(panel)}\n</g>`;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${description}">\n` +
    `<style>${style}</style>\n${placed.join('\n')}\n</svg>\n`
  );
}
