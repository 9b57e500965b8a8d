import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { listKeys } from '../keys.ts';

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

test('docs/dependencies.md gives the reason of every dependency, and of nothing that is gone', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Package;
  const rows = readFileSync('docs/dependencies.md', 'utf8').matchAll(/^\| (`.+?) \| .{10,} \|$/gm);
  const named = [...rows].flatMap(([, names]) => [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  assert.deepEqual(named.toSorted(), [...Object.keys(dependencies), ...Object.keys(devDependencies)].toSorted());
});

test('docs/configuration.md explains every key, and none that is gone', async () => {
  const page = readFileSync('docs/configuration.md', 'utf8');
  const explained: string[] = [];
  for (const section of page.split(/^#+ (?=`)/m).slice(1)) {
    const [, table, use] = /^`(?:\[([a-z-]+)|use = "([a-z]+)")/.exec(section) ?? [];
    const name = table ?? `use=${use ?? ''}`;
    for (const [, key] of section.matchAll(/^\| `([a-z0-9_-]+)` \|/gm)) explained.push(`${name}.${key}`);
  }
  assert.deepEqual(explained.toSorted(), (await listKeys()).toSorted());
});
