/** Faults of APNs × clients, on the sandbox: `bench:apns-faults [--quick]`. Writes the table of docs/apns-faults.md, but for --quick. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAuthority, buildSigningKey } from '../../src/sandbox/authority.ts';
import { runCell, type Row } from './cell.ts';
import { clientNames } from './client.ts';
import { faults, quickFaults } from './faults.ts';
import { buildTable } from './table.ts';

const root = join(import.meta.dirname, '../..');
const page = join(root, 'docs/apns-faults.md');

async function main(isQuick: boolean): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-faults-'));
  const authority = buildAuthority();
  writeFileSync(join(folder, 'ca.pem'), authority.ca);
  // apns2 has no option for a trust anchor; the clients' processes inherit this one.
  process.env['NODE_EXTRA_CA_CERTS'] = join(folder, 'ca.pem');
  const plan = { pushes: isQuick ? 100 : 500, limitMs: isQuick ? 6_000 : 10_000, authority, key: buildSigningKey() };
  const rows: Row[] = [];
  try {
    for (const fault of isQuick ? quickFaults : faults)
      for (const client of clientNames) {
        const row = await runCell(fault, client, plan);
        console.error(`${fault.name}, ${client}: ${row.accepted} accepted, ${row.lost} lost`);
        rows.push(row);
      }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const table = `${describeRun()}\n\n${buildTable(rows)}`;
  console.log(table);
  if (!isQuick) writeTable(table);
  return rows.some(({ client, lost }) => client === 'Reveille' && lost > 0) ? 1 : 0;
}

function describeRun(): string {
  const version = (name: string) => (JSON.parse(readFileSync(join(root, name, 'package.json'), 'utf8')) as { version: string }).version;
  const clients = ['@parse/node-apn', 'apns2'].map((name) => `${name} ${version(`node_modules/${name}`)}`);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Linux ${release()}`;
  return `${new Date().toISOString().slice(0, 10)}: Reveille ${version('.')}, ${clients.join(', ')}, Node.js ${process.versions.node}, ${machine}.`;
}

function writeTable(table: string): void {
  const text = readFileSync(page, 'utf8');
  const marks = /(<!-- made by npm run bench:apns-faults -->\n)[^]*(<!-- end -->)/;
  if (!marks.test(text)) throw new Error('docs/apns-faults.md has no place for the table');
  writeFileSync(
    page,
    text.replace(marks, (_, start: string, end: string) => `${start}\n${table}\n\n${end}`),
  );
}

const args = process.argv.slice(2);
if (args.some((arg) => arg !== '--quick')) {
  console.error('bench:apns-faults [--quick]');
  process.exitCode = 2;
} else process.exitCode = await main(args.includes('--quick'));
