import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parsePlan, usage, type Plan } from './plan.ts';
import { runSetting, warmUp, type Row } from './run.ts';
import { openStage } from './stage.ts';
import { formatRow } from './table.ts';

// `npm run bench`: what a push costs Reveille, beside what its two largest parts cost by themselves (docs/performance.md).

const results = fileURLToPath(new URL('../results/', import.meta.url));

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
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.version}`;
  console.log(`${machine}\nRegistering ${plan.devices} devices, warming up …\n`);
  const stage = await openStage(plan, cleanUp);
  await warmUp(stage, plan);
  const rows: Row[] = [];
  for (const setting of plan.settings) {
    const row = await runSetting(stage, plan, setting);
    rows.push(row);
    console.log(formatRow(row));
  }
  mkdirSync(results, { recursive: true });
  writeFileSync(`${results}latest.json`, `${JSON.stringify({ at: new Date().toISOString(), machine, plan, rows }, null, 2)}\n`);
}
