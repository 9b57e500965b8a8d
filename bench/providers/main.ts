/** Our providers beside the libraries that others use, on one push service that accepts everything: `bench providers [--quick]`. See docs/performance.md. */
import { describeMachine, writeResults } from '../base/results.ts';
import { runProviders, type ProvidersPlan, type Row } from './run-providers.ts';

const full: ProvidersPlan = { inFlight: [100, 500], rounds: 5, warmMs: 500, ms: 3_000 };
const quickly: ProvidersPlan = { inFlight: [20], rounds: 1, warmMs: 100, ms: 500 };
const columns = [
  'service',
  'in flight',
  'client',
  'pushes/s',
  'CPU µs/push',
  'p99 ms',
  'rate, ours against theirs',
  'CPU, ours against theirs',
];

const args = process.argv.slice(2);
if (args.some((arg) => arg !== '--quick')) {
  console.error('bench providers [--quick]');
  process.exitCode = 2;
} else {
  const plan = args.includes('--quick') ? quickly : full;
  const rows = await runProviders(plan);
  console.log(`${describeMachine()}; medians of ${plan.rounds} rounds\n\n${buildTable(rows)}`);
  writeResults('providers', { plan, rows });
}

function buildTable(rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const cells = (row: Row, client: string, { perSecond, cpuUsPerPush, p99Ms }: Row['ours']) => [
    ...[row.service, String(row.inFlight), client],
    ...[perSecond.toFixed(0), cpuUsPerPush.toFixed(1), p99Ms.toFixed(1)],
  ];
  return [
    line(columns),
    line(columns.map((_, index) => (index === 0 || index === 2 ? '---' : '---:'))),
    ...rows.flatMap((row) => [
      line([...cells(row, 'Reveille', row.ours), row.rate.toFixed(2), row.cpu.toFixed(2)]),
      line([...cells(row, row.library, row.theirs), '', '']),
    ]),
  ].join('\n');
}
