import { shortenToken } from '../../push/tokens/shorten-token.ts';
import { ownDialect } from '../../registry/devices/device.ts';
import type { ListedDevice } from '../../registry/registry.ts';

type Cells = readonly string[];

const header: Cells = ['OWNER', 'PROVIDER', 'DIALECT', 'REGISTERED', 'USED', 'TOKEN', 'NODE'];

/** Lines for people; columns keep the widths of the first page, so that a long list can be written as it is read. */
export function createDevicesTable(firstPage: readonly ListedDevice[]): { header(): string; row(device: ListedDevice): string } {
  const sample = [header, ...firstPage.map(buildCells)];
  const widths = header.map((_, i) => Math.max(...sample.map((cells) => cells[i]?.length ?? 0)));
  const align = (cells: Cells): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return { header: () => align(header), row: (device) => align(buildCells(device)) };
}

/** For programs. */
export function encodeDevice({ owner, provider, dialect, token, node, behind, registeredAt, usedAt }: ListedDevice): string {
  const name = dialect?.name ?? ownDialect;
  return JSON.stringify({
    owner,
    provider,
    dialect: name,
    token: shortenToken(token),
    node,
    behind,
    registered: registeredAt,
    used: usedAt,
  });
}

/** Devices per provider and in all, for people. */
export function describeCounts(counts: ReadonlyMap<string, number>): readonly string[] {
  const rows = [...counts, ['in all', sumOf(counts)] as const];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, count]) => `${name.padEnd(width)}  ${count}`);
}

export function encodeCounts(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts].map(([provider, devices]) => JSON.stringify({ provider, devices }));
}

export function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

export function nameDevices(count: number): string {
  return `${count} ${count === 1 ? 'device' : 'devices'}`;
}

function buildCells({ owner, provider, dialect, registeredAt, usedAt, token, node, behind }: ListedDevice): Cells {
  const name = dialect?.name ?? ownDialect;
  const place = behind === undefined ? node : `${node} behind ${behind}`;
  return [owner, provider, name, registeredAt.toISOString().slice(0, 10), usedAt.toISOString().slice(0, 10), shortenToken(token), place];
}
