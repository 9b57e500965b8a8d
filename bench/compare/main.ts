/** Two revisions of Reveille side by side in one run: `bench compare REV [REV2]` prints medians and ratios. See docs/performance.md. */
import { parseComparison, usage, type Comparison } from './plan.ts';
import { RefusedRevision } from './checkout.ts';
import { runComparison } from './run-comparison.ts';

if (process.argv.includes('--help')) console.log(usage);
else process.exitCode = await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<number> {
  let plan: Comparison;
  try {
    plan = parseComparison(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
  try {
    return await runComparison(plan);
  } catch (error) {
    if (!(error instanceof RefusedRevision)) throw error;
    console.error(error.message);
    return 2;
  }
}
