/** What we want to reach, what is measured: `bench targets` prints one table. See docs/performance.md. */
import { describeMachine, writeResults } from '../base/results.ts';
import { fillPage } from '../base/page.ts';
import { closeOnSignals } from '../chaos/world/close-on-signals.ts';
import { buildPackage } from '../throughput/build.ts';
import { here } from '../throughput/reveille.ts';
import { buildTable, type Finding } from './finding.ts';
import { floor } from './floor.ts';
import { memory } from './memory.ts';
import { million } from './million.ts';
import type { Part } from './part.ts';
import { buildUsage, parseTargets, type TargetsOptions } from './plan.ts';
import { providers } from './providers.ts';
import { start } from './start.ts';
import { twoProcesses } from './two-processes.ts';

const parts: readonly Part[] = [start, floor, memory, million, twoProcesses, providers];
const names = parts.map(({ name }) => name);

if (process.argv.includes('--help')) console.log(buildUsage(names));
else process.exitCode = await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<number> {
  try {
    await runTargets(parseTargets(args, names));
    return 0;
  } catch (error) {
    if (!(error instanceof Error && error.message === buildUsage(names))) throw error;
    console.error(error.message);
    return 2;
  }
}

async function runTargets({ plan: given, only = names, isForPage }: TargetsOptions): Promise<void> {
  await using build = new AsyncDisposableStack();
  const plan = { ...given, built: buildPackage(here, build) };
  const chosen = parts.filter(({ name }) => only.includes(name));
  const findings: Finding[] = [];
  for (const [index, part] of chosen.entries()) {
    const left = chosen.slice(index).reduce((sum, one) => sum + one.estimateSeconds(plan), 0);
    console.error(`${part.name}: ${part.what} (${index + 1} of ${chosen.length}, about ${Math.ceil(left / 60)} min left in all)`);
    findings.push(...(await runPart(part, plan)));
  }
  const head = `${new Date().toISOString().slice(0, 10)}, ${describeMachine()}; medians of ${plan.rounds} rounds, ${plan.loadMs / 60_000} min of load.`;
  const table = `${head}\n\n${buildTable(findings)}`;
  console.log(table);
  if (isForPage) fillPage('docs/performance.md', 'bench targets', table);
  writeResults('targets', { plan: given, findings });
}

async function runPart(part: Part, plan: Parameters<Part['run']>[0]): Promise<readonly Finding[]> {
  const owned = new AsyncDisposableStack();
  const close = closeOnSignals(owned);
  try {
    return await part.run(plan, owned);
  } finally {
    await close();
  }
}
