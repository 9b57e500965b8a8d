import { describeMachine, writeResults } from '../base/results.ts';
import { parsePlan, usage, type Plan } from './plan.ts';
import { runSetting, warmUp, type Row } from './run.ts';
import { openStage } from './stage.ts';
import { formatMemory, formatRow } from './table.ts';

// `npm run bench`: what a push costs Reveille, beside what its two largest parts cost by themselves (docs/performance.md).

if (process.platform !== 'linux') throw new Error('the bench reads processor time from /proc, which only Linux has');
if (process.argv.includes('--help')) console.log(usage);
else await runAll(readPlan());

function readPlan(): Plan {
  try {
    return parsePlan(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

async function runAll(plan: Plan): Promise<void> {
  await using cleanUp = new AsyncDisposableStack();
  console.log(`${describeMachine()}\nRegistering ${plan.devices} devices, warming up …`);
  const stage = await openStage(plan, cleanUp);
  console.log(`Memory before that: ${formatMemory(stage.idle)}\n`);
  await warmUp(stage, plan);
  const rows: Row[] = [];
  for (const setting of plan.settings) {
    const row = await runSetting(stage, plan, setting);
    rows.push(row);
    console.log(formatRow(row));
  }
  writeResults('latest', { plan, idle: stage.idle, rows });
  const wrong = rows.filter(({ arrived, figures }) => arrived !== figures.reveille.ended);
  if (wrong.length === 0) return;
  console.error(`${wrong.length} settings in which the push service saw another number of pushes than were answered`);
  process.exitCode = 1;
}
