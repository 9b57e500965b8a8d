/** Twenty thousand devices connected to one process: what they cost, and how long until all are back after a restart. */
import { describeMachine, writeResults } from '../base/results.ts';
import { parsePlan, readMostFiles, type Plan } from './plan.ts';
import { run } from './run.ts';
import { buildTable } from './table.ts';

const plan = readPlan();
if (plan === undefined) process.exitCode = 2;
else {
  console.error(`${plan.connections} connections; a process may open ${readMostFiles()} files here (ulimit -Hn)`);
  const figures = await run(plan, (what) => console.error(what));
  writeResults('local-connections', { ...figures });
  console.log(`${describeMachine()}\n\n${buildTable(figures)}`);
  if (figures.arrived !== figures.pushes || figures.elsewhere > 0) process.exitCode = 1;
}

function readPlan(): Plan | undefined {
  try {
    return parsePlan(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}
