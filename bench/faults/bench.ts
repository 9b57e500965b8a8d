import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillPage } from '../base/page.ts';
import { buildAuthority, type Authority } from '../../src/sandbox/authority.ts';
import { runCell, type Row } from './cell.ts';
import type { Fault } from './fault.ts';
import type { Subject } from './subject.ts';
import { buildTable } from './table.ts';

const root = join(import.meta.dirname, '../..');
const quickPushes = 100;
const pushes = 500;

/** Faults × clients: prints the table and, but for `--quick`, writes it into the page. Settles with the exit status: 1 where Reveille lost a push. */
export async function runBench<S, W, F extends Fault<S>>(
  build: (authority: Authority) => Subject<S, W, F>,
  args: readonly string[],
): Promise<number> {
  const authority = buildAuthority();
  const subject = build(authority);
  if (args.some((arg) => arg !== '--quick')) {
    console.error(`${subject.script} [--quick]`);
    return 2;
  }
  const isQuick = args.includes('--quick');
  const load = loadavg()[0] ?? 0;
  const rows = await trusting(authority.ca, () => runCells(subject, isQuick));
  const table = `${describeRun(subject.packages, load)}\n\n${buildTable(rows)}`;
  console.log(table);
  if (!isQuick) fillPage(subject.page, subject.script, table);
  return rows.some(({ client, lost }) => client === 'Reveille' && lost > 0) ? 1 : 0;
}

/** Not every client has an option for a trust anchor; their processes inherit this one. */
export async function trusting<T>(ca: string, act: () => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-faults-'));
  writeFileSync(join(folder, 'ca.pem'), ca);
  process.env['NODE_EXTRA_CA_CERTS'] = join(folder, 'ca.pem');
  try {
    return await act();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runCells<S, W, F extends Fault<S>>(subject: Subject<S, W, F>, isQuick: boolean): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const fault of isQuick ? subject.quickFaults : subject.faults)
    for (const client of subject.clients) {
      if (fault.needsHttp2 === true && client.speaksHttp1 === true) continue;
      const row = await runCell(subject, fault, client, isQuick ? quickPushes : pushes);
      console.error(`${fault.name}, ${client.name}: ${row.accepted} accepted, ${row.lost} lost`);
      rows.push(row);
    }
  return rows;
}

function describeRun(packages: readonly string[], load: number): string {
  const version = (name: string) => (JSON.parse(readFileSync(join(root, name, 'package.json'), 'utf8')) as { version: string }).version;
  const clients = packages.map((name) => `${name} ${version(`node_modules/${name}`)}`);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, load ${load.toFixed(1)} at the start, Linux ${release()}`;
  return `${new Date().toISOString().slice(0, 10)}: Reveille ${version('.')}, ${clients.join(', ')}, Node.js ${process.versions.node}, ${machine}.`;
}
