/** Ever more devices, publishers, processes and waiting pushes: `bench growth` prints a table and draws a chart. See docs/performance.md. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeMachine, writeResults } from '../base/results.ts';
import { fillPage } from '../base/page.ts';
import { closeOnSignals } from '../chaos/world/close-on-signals.ts';
import { buildPackage } from '../throughput/build.ts';
import { here } from '../throughput/reveille.ts';
import { buildCapacity } from './capacity.ts';
import { buildChart } from './chart.ts';
import { parseGrowth, usage, type GrowthPlan } from './plan.ts';
import { buildPanels, buildTable, type Growth } from './report.ts';
import { growBacklog, growDevices, growPublishers, type Series } from './series.ts';

if (process.argv.includes('--help')) console.log(usage);
else process.exitCode = await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<number> {
  try {
    await runGrowth(parseGrowth(args));
    return 0;
  } catch (error) {
    if (!(error instanceof Error && error.message === usage)) throw error;
    console.error(usage);
    return 2;
  }
}

async function runGrowth(plan: GrowthPlan): Promise<void> {
  await using build = new AsyncDisposableStack();
  const built = buildPackage(here, build);
  const steps = plan.devices.length + 2 * plan.publishers.length + plan.backlogs.length;
  let done = 0;
  const startedAt = performance.now();
  const say = (what: string) => {
    const minutes = (performance.now() - startedAt) / 60_000;
    const left = done === 0 ? '' : `, about ${Math.ceil((minutes / done) * (steps - done))} min left`;
    done += 1;
    console.error(`${done} of ${steps}: ${what}${left}`);
  };
  const measure = (series: Series) => runSeries(series, plan, built, say);
  const growth: Growth = {
    devices: await measure(growDevices),
    publishers: await measure(growPublishers),
    backlog: await measure(growBacklog),
  };
  const head = `${new Date().toISOString().slice(0, 10)}, ${describeMachine()}; medians of ${plan.rounds} rounds.`;
  const tables = {
    'docs/performance.md': `${head}\n\n${buildTable(growth)}`,
    'docs/scaling.md': `${head}\n\n${buildCapacity(growth.devices)}`,
  };
  for (const [page, table] of Object.entries(tables)) {
    console.log(`${table}\n`);
    if (!plan.isQuick) fillPage(page, 'bench growth', table);
  }
  writeResults(plan.isQuick ? 'growth-quick' : 'growth', { plan, growth });
  const chart = buildChart(buildPanels(growth), 'Growth: memory, rate, cost and start by devices, publishers and waiting pushes');
  const folder = join(here, plan.isQuick ? 'bench/results' : 'docs/img');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'growth.svg'), chart);
}

async function runSeries(series: Series, plan: GrowthPlan, built: string, say: (what: string) => void): Promise<Growth['devices']> {
  const owned = new AsyncDisposableStack();
  const close = closeOnSignals(owned);
  try {
    return await series(plan, built, say, owned);
  } finally {
    await close();
  }
}
