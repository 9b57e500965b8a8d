import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { findPlatform } from '../../scripts/release/platforms.ts';
import type { Release } from '../../scripts/release/release.ts';
import { runTool } from '../../scripts/release/run-tool.ts';
import { seal } from '../../scripts/release/seal.ts';
import { writePapers } from '../../scripts/release/steps/papers.ts';
import { createTestFolder } from '../helpers/database/postgres.ts';
import { builtTree, epochSeconds, notHere, root } from './built.ts';

interface Bom {
  readonly bomFormat: string;
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly object[];
  readonly components?: readonly Component[];
}

const version = '0.1.0';

describe('what goes with a release', { skip: notHere }, () => {
  let folder: string;
  let tree: string;
  let bom: Bom;
  before(async () => {
    folder = await createTestFolder();
    tree = await builtTree();
    const release: Release = {
      root,
      version,
      epochSeconds,
      folder,
      level: 0,
      platforms: [findPlatform('linux-x64')],
      tree: () => Promise.resolve(tree),
      tell: () => undefined,
      close: () => Promise.resolve(),
    };
    await writeFile(join(folder, 'reveille.tar.xz'), 'an archive');
    await seal(release, ['reveille.tar.xz', ...(await writePapers(release))]);
    bom = JSON.parse(await readFile(join(folder, `reveille-${version}-linux-x64.cdx.json`), 'utf8')) as Bom;
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('is summed, so that sha256sum tells whether it arrived whole', async () => {
    assert.match(await runTool('sha256sum', ['--check', '--strict', 'SHA256SUMS'], folder), /^reveille\.tar\.xz: OK$/m);
    const summed = (await readFile(join(folder, 'SHA256SUMS'), 'utf8')).split('\n').flatMap((line) => line.split('  ')[1] ?? []);
    assert.deepEqual(summed.sort(), (await readdir(folder)).filter((name) => name !== 'SHA256SUMS').sort());
    await writeFile(join(folder, 'reveille.tar.xz'), 'another archive');
    await assert.rejects(runTool('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], folder));
  });

  test('names each npm package, Node and PostgreSQL with what they are made of, and the version of each', () => {
    assert.equal(bom.bomFormat, 'CycloneDX');
    assert.match(bom.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(bom.metadata.component.name, 'reveille');
    const versions = new Map(bom.components.map((component) => [component.name, component.version]));
    assert.equal(versions.get('pg'), '8.23.1');
    assert.equal(`v${versions.get('node')}`, process.version);
    assert.match(versions.get('postgresql') ?? '', /^18\.\d+$/);
    const inside = (name: string) =>
      bom.components.find((component) => component.name === name)?.components?.map((part) => part.name) ?? [];
    assert.deepEqual(inside('postgresql'), ['icu', 'openssl', 'libxml2', 'zlib', 'xz']);
    for (const part of ['v8', 'openssl', 'icu', 'undici', 'nghttp2']) assert.ok(inside('node').includes(part), part);
    const all = bom.components.flatMap((component) => [component, ...(component.components ?? [])]);
    assert.deepEqual(
      all.filter((component) => component.version === '' || component.purl === ''),
      [],
    );
  });

  test('has no package for development, and each that lies in the tree', async () => {
    const names = bom.components.map(({ name }) => name);
    for (const name of ['typescript', 'eslint', '@xmpp/client']) assert.ok(!names.includes(name), name);
    const modules = join(tree, 'lib/reveille/node_modules');
    const installed = (await readdir(modules)).filter((name) => !name.startsWith('@'));
    assert.ok(installed.length > 60, `${installed.length} packages`);
    assert.deepEqual(
      installed.filter((name) => !names.includes(name)),
      [],
    );
  });

  test('says what depends on what, and names only what it lists', () => {
    const refs = new Set([bom.metadata.component['bom-ref'], ...bom.components.map((component) => component['bom-ref'])]);
    const named = bom.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
    assert.deepEqual(
      named.filter((ref) => !refs.has(ref)),
      [],
    );
    const own = bom.dependencies.find(({ ref }) => ref === bom.metadata.component['bom-ref']);
    assert.ok(own?.dependsOn.some((ref) => ref.startsWith('pkg:generic/postgresql@18')));
  });

  test('has the full licence of every part', async () => {
    const licences = await readFile(join(folder, `reveille-${version}-linux-x64.licences.txt`), 'utf8');
    for (const { name, version: number } of bom.components.filter(({ purl }) => purl.startsWith('pkg:npm/'))) {
      assert.ok(licences.includes(`\n${name} ${number}\nLicence: `), `${name} ${number}`);
    }
    for (const words of [
      'THE UNIVERSITY OF CALIFORNIA SPECIFICALLY DISCLAIMS',
      'Original SSLeay License',
      'Unicode, Inc.',
      'Node.js is licensed for use',
    ]) {
      assert.ok(licences.includes(words), words);
    }
  });

  test('says which database it writes, which it opens, and when and from what it was made', async () => {
    const { files, commit, ...said } = JSON.parse(await readFile(join(folder, 'release.json'), 'utf8')) as Record<string, unknown>;
    const migrations = await readdir(join(root, 'src/registry/sql'));
    assert.deepEqual(said, {
      name: 'reveille',
      version,
      date: '2026-01-01T00:00:00.000Z',
      schema: { number: migrations.length, opensFrom: 1 },
      node: process.versions.node,
      postgresqlMajor: 18,
    });
    assert.equal(String(commit).length, 40);
    assert.equal((files as readonly unknown[]).length, 4);
  });

  test('has the changes of that version', async () => {
    const changes = await readFile(join(folder, 'CHANGES.md'), 'utf8');
    assert.match(changes, /^# Reveille 0\.1\.0 \(.*\)\n\nThe main job, end to end\./);
    assert.doesNotMatch(changes, /^## /m);
  });
});
