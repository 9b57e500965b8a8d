// The figures over time, as charts and, for those who don't see charts or want numbers, as tables.
import { html } from './lit-html.js';
import { ask } from './api.js';
import { formatMs, formatNumber, formatSecond, formatTime } from './words.js';

const ranges = [
  { id: '5m', name: '5 minutes', title: 'The last 5 minutes', step: 'second' },
  { id: '1h', name: 'Hour', title: 'The last hour', step: '10 seconds' },
  { id: '1d', name: 'Day', title: 'The last day', step: '5 minutes' },
];

/** Each series has a colour, and a dash for those who don't tell colours. */
const charts = [
  {
    id: 'answers',
    title: 'Publishes and their answers',
    series: [
      { name: 'publishes', label: 'publishes', colour: '--series-1' },
      { name: 'results', label: 'answered with result', colour: '--series-2', dash: [6, 3] },
      { name: 'refusals', label: 'refused', colour: '--series-3', dash: [2, 3] },
    ],
  },
  {
    id: 'outcomes',
    title: 'What the push services said',
    series: [
      { name: 'accepted', label: 'accepted', colour: '--series-1' },
      { name: 'retried', label: 'to be tried again', colour: '--series-4', dash: [6, 3] },
      { name: 'rejected', label: 'rejected', colour: '--series-3', dash: [2, 3] },
    ],
  },
  {
    id: 'latency',
    title: 'Time to the answer',
    isTime: true,
    series: [
      { name: 'answerP50', label: 'half within', colour: '--series-1' },
      { name: 'answerP99', label: '99 of 100 within', colour: '--series-4', dash: [6, 3] },
    ],
  },
  { id: 'waiting', title: 'Pushes waiting', isLevel: true, series: [{ name: 'waiting', label: 'waiting', colour: '--series-1' }] },
  { id: 'dead', title: 'Dead tokens', series: [{ name: 'deadTokens', label: 'tokens found dead', colour: '--series-3' }] },
];

const names = [...new Set(charts.flatMap(({ series }) => series.map(({ name }) => name)))];
const rowsInTable = 12;

/** `changed` is called whenever there is something new to show. */
export function createCharts(changed) {
  let range = ranges[0];
  let history;
  let asked = 0;
  const boxes = new Map(charts.map((chart) => [chart.id, createBox(chart)]));
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', () => boxes.forEach((box) => box.restyle()));

  async function load() {
    const wanted = range;
    asked = Date.now();
    const answer = await ask(`history?range=${wanted.id}`);
    if (wanted !== range) return;
    history = answer;
    draw();
  }

  function draw() {
    const times = history.series[names[0]].map((_, n) => history.from + n * history.step);
    for (const box of boxes.values()) box.draw(times, history.series);
    changed();
  }

  return {
    load,
    /** One second's figures; `at` is in seconds, as `from` is. */
    add(point) {
      if (history === undefined) return;
      if (range.id !== '5m') {
        if (Date.now() - asked > Math.max(history.step, 10) * 1000) load().catch(() => undefined);
        return;
      }
      const length = history.series[names[0]].length;
      const end = history.from + length * history.step;
      // Seconds that were missed, as while the connection was lost, are asked for.
      if (point.at > end) return void load().catch(() => undefined);
      if (point.at < end) return;
      history.from += history.step;
      for (const name of names) history.series[name] = [...history.series[name].slice(1), point[name] ?? null];
      draw();
    },
    /** How many pushes were accepted in the time that is shown. */
    accepted: () => (history === undefined ? 0 : sum(history.series.accepted)),
    /** The same in four figures; nobody is told each time that they move. */
    figuresView() {
      const total = (name) => (history === undefined ? '–' : formatNumber(sum(history.series[name])));
      const half = history?.series.answerP50.findLast((one) => one !== null);
      return html`<section aria-labelledby="figures-title">
        <h2 id="figures-title">${range.title}</h2>
        <dl class="figures">
          <div>
            <dt>publishes</dt>
            <dd>${total('publishes')}</dd>
          </div>
          <div>
            <dt>accepted</dt>
            <dd>${total('accepted')}</dd>
          </div>
          <div>
            <dt>rejected</dt>
            <dd>${total('rejected')}</dd>
          </div>
          <div>
            <dt>half answered within</dt>
            <dd>${half === undefined ? '–' : formatMs(half)}</dd>
          </div>
        </dl>
      </section>`;
    },
    view: () => html`
      <section aria-labelledby="charts-title">
        <div class="title-row">
          <h2 id="charts-title">Over time</h2>
          <div class="choice" role="group" aria-label="Time shown">
            ${ranges.map((one) => html`<button aria-pressed=${one === range} @click=${() => choose(one)}>${one.name}</button>`)}
          </div>
        </div>
        <div class="charts">${charts.map((chart) => chartView(chart))}</div>
      </section>
    `,
  };

  function choose(one) {
    range = one;
    changed();
    load().catch(() => undefined);
  }

  function chartView(chart) {
    return html`<figure class="card chart" id=${`chart-${chart.id}`}>
      <figcaption>
        <strong>${chart.title}</strong> <span class="quiet">${chart.isTime || chart.isLevel ? '' : `per ${range.step}`}</span>
        <span class="legend">${chart.series.map((one) => legendView(chart, one))}</span>
      </figcaption>
      ${boxes.get(chart.id).element}
      <details>
        <summary>As a table<span class="hidden">: ${chart.title}</span></summary>
        ${tableView(chart)}
      </details>
    </figure>`;
  }

  function legendView(chart, { name, label, dash, colour }) {
    const value = history?.series[name].findLast((one) => one !== null);
    return html`<span class="key">
      <svg viewBox="0 0 22 6" aria-hidden="true">
        <line x1="1" y1="3" x2="21" y2="3" class=${colour.slice(2)} stroke-dasharray=${dash?.join(' ') ?? 'none'} />
      </svg>
      ${label} <b>${value === undefined ? '–' : format(chart, value)}</b>
    </span>`;
  }

  /** A dozen rows are read, three hundred are not: each is the sum, or the highest, of its part. */
  function tableView(chart) {
    if (history === undefined) return html`<p class="quiet">Nothing yet.</p>`;
    const { from, step, series } = history;
    const length = series[names[0]].length;
    const per = Math.ceil(length / rowsInTable);
    const rows = Array.from({ length: Math.ceil(length / per) }, (_, n) => n * per).reverse();
    const gather = (name, start) => {
      const values = series[name].slice(start, start + per).filter((value) => value !== null);
      if (values.length === 0) return '–';
      return format(chart, chart.isTime || chart.isLevel ? Math.max(...values) : sum(values));
    };
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${`Table: ${chart.title}`}>
      <table>
        <caption>
          ${chart.isTime || chart.isLevel ? 'The highest value' : 'The sum'} from each time on
        </caption>
        <thead>
          <tr>
            <th scope="col">from</th>
            ${chart.series.map(({ label }) => html`<th scope="col">${label}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (start) =>
              html`<tr>
                <th scope="row">
                  ${range.id === '5m' ? formatSecond((from + start * step) * 1000) : formatTime((from + start * step) * 1000)}
                </th>
                ${chart.series.map(({ name }) => html`<td>${gather(name, start)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

const sum = (values) => values.reduce((all, value) => all + (value ?? 0), 0);
const format = ({ isTime }, value) => (isTime ? formatMs(value) : formatNumber(value));

/** A chart's canvas, which is kept while everything around it is drawn anew. */
function createBox(chart) {
  const element = document.createElement('div');
  element.className = 'plot';
  element.setAttribute('aria-hidden', 'true');
  let plot;
  let data;
  const size = () => ({ width: element.clientWidth, height: element.clientHeight });
  new ResizeObserver(() => {
    if (element.clientWidth === 0) return;
    if (plot === undefined) return void restyle();
    plot.setSize(size());
  }).observe(element);

  /** Colours are read once by the chart, so others need another chart. */
  function restyle() {
    plot?.destroy();
    plot = undefined;
    if (data === undefined || element.clientWidth === 0) return;
    plot = new window.uPlot(optionsOf(chart, element, size()), data, element);
  }

  return {
    element,
    restyle,
    draw(times, series) {
      data = [times, ...chart.series.map(({ name }) => series[name])];
      if (plot === undefined) restyle();
      else plot.setData(data);
    },
  };
}

function optionsOf(chart, element, size) {
  const style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--quiet'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  };
  const tick = chart.isTime ? formatMs : formatNumber;
  return {
    ...size,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    padding: [8, 8, 0, 0],
    scales: { y: { range: (_, __, highest) => [0, Math.max(highest ?? 0, chart.isTime ? 10 : 4) * 1.1] } },
    axes: [
      { ...axis, size: 28, space: 70, values: '{HH}:{mm}' },
      {
        ...axis,
        size: chart.isTime ? 58 : 44,
        incrs: chart.isTime ? undefined : [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5, 1e6],
        values: (_, values) => values.map(tick),
      },
    ],
    series: [
      {},
      ...chart.series.map((one, n) => ({
        label: one.label,
        stroke: colour(one.colour),
        width: 1.75,
        dash: one.dash,
        fill: n === 0 ? `${colour(one.colour)}1c` : undefined,
        points: { show: false },
      })),
    ],
  };
}
