import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { buildBaseSystem } from '../../../scripts/release/container/base-system.ts';
import { fetchDebianPackages } from '../../../scripts/release/container/debian-packages.ts';
import { findPlatform } from '../../../scripts/release/platforms.ts';
import { runTool } from '../../../scripts/release/run-tool.ts';
import { createTestFolder } from '../../helpers/database/postgres.ts';
import { epochSeconds, notHere } from '../built.ts';
import { createImageBuilder, imageVersion, revision, type ImageBuilder } from './built-image.ts';

const maxCompressedBytes = 200_000_000;

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

interface ImageConfig {
  readonly config: Readonly<Record<string, unknown>>;
  readonly rootfs: { readonly type: string; readonly diff_ids: readonly string[] };
  readonly history: readonly unknown[];
}

describe('the container image', { skip: notHere }, () => {
  let folder: string;
  let builder: ImageBuilder;
  let file: string;
  let layout: string;
  before(async () => {
    folder = await createTestFolder();
    builder = await createImageBuilder(folder);
    file = await builder.build('image');
    layout = join(folder, 'layout');
    await mkdir(layout);
    await runTool('tar', ['-xf', file, '-C', layout]);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const readJson = (path: string): unknown => JSON.parse(readFileSync(join(layout, path), 'utf8'));
  const pathOf = ({ digest }: Descriptor): string => `blobs/${digest.replace(':', '/')}`;
  const readManifest = (): Manifest => {
    const { manifests } = readJson('index.json') as { manifests: readonly [Descriptor] };
    return readJson(pathOf(manifests[0])) as Manifest;
  };
  const readConfig = (): ImageConfig => readJson(pathOf(readManifest().config)) as ImageConfig;
  const list = async (layer: Descriptor): Promise<readonly string[]> =>
    (await runTool('tar', ['-tvzf', join(layout, pathOf(layer)), '--numeric-owner'])).trim().split('\n');

  test('is a layout of the Open Container Initiative with one image for one platform', () => {
    assert.deepEqual(readJson('oci-layout'), { imageLayoutVersion: '1.0.0' });
    const { manifests, ...index } = readJson('index.json') as { manifests: readonly Descriptor[] };
    assert.deepEqual(index, { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json' });
    assert.deepEqual(
      manifests.map((entry) => ({ ...entry, digest: '', size: 0 })),
      [
        {
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          digest: '',
          size: 0,
          platform: { architecture: 'amd64', os: 'linux' },
          annotations: {
            'org.opencontainers.image.ref.name': imageVersion,
            'io.containerd.image.name': `docker.io/library/reveille:${imageVersion}`,
          },
        },
      ],
    );
  });

  test('holds what its descriptors say, by sum and size, and nothing besides', () => {
    const { manifests } = readJson('index.json') as { manifests: readonly Descriptor[] };
    const { config, layers } = readManifest();
    const described = [...manifests, config, ...layers];
    for (const descriptor of described) {
      const bytes = readFileSync(join(layout, pathOf(descriptor)));
      assert.deepEqual([sum(bytes), bytes.length], [descriptor.digest, descriptor.size], descriptor.mediaType);
    }
    const names = described.map(({ digest }) => digest.slice('sha256:'.length));
    assert.deepEqual(readdirSync(join(layout, 'blobs/sha256')).sort(), names.sort());
  });

  test('names its layers by their sums before they were compressed', () => {
    const { rootfs, history } = readConfig();
    const { layers } = readManifest();
    assert.equal(rootfs.type, 'layers');
    assert.deepEqual(
      rootfs.diff_ids,
      layers.map((layer) => sum(gunzipSync(readFileSync(join(layout, pathOf(layer)))))),
    );
    assert.equal(history.length, layers.length);
  });

  test('is told by a table of contents to engines that read Docker archives only', () => {
    const { config, layers } = readManifest();
    assert.deepEqual(readJson('manifest.json'), [
      { Config: pathOf(config), RepoTags: [`reveille:${imageVersion}`], Layers: layers.map(pathOf) },
    ]);
  });

  test('runs as a number that is not root, under a first process that takes in orphans, on one volume', () => {
    assert.deepEqual(
      { ...readConfig().config, Labels: undefined },
      {
        Labels: undefined,
        User: '10001:10001',
        ExposedPorts: { '5281/tcp': {} },
        Env: ['PATH=/opt/reveille/bin:/usr/bin'],
        Entrypoint: ['/usr/bin/tini', '--', '/opt/reveille/bin/reveille'],
        Cmd: ['serve', '--config', '/etc/reveille/reveille.toml'],
        Volumes: { '/var/lib/reveille': {} },
        WorkingDir: '/var/lib/reveille',
        StopSignal: 'SIGTERM',
        Healthcheck: {
          Test: ['CMD', '/opt/reveille/bin/reveille', 'health', '--config', '/etc/reveille/reveille.toml'],
          Interval: 30e9,
          Timeout: 10e9,
          StartPeriod: 60e9,
          Retries: 3,
        },
      },
    );
  });

  test('says what it is, of which version and from which commit', () => {
    const { Labels: labels } = readConfig().config as { Labels: Record<string, string> };
    const wanted = { version: imageVersion, revision, created: '2026-01-01T00:00:00Z', licenses: 'MIT', title: 'Reveille' };
    for (const [key, value] of Object.entries(wanted)) assert.equal(labels[`org.opencontainers.image.${key}`], value);
  });

  test('stays under 200 MB, though compressed in haste', () => {
    const bytes = readManifest().layers.reduce((total, { size }) => total + size, 0);
    assert.ok(bytes < maxCompressedBytes, `${bytes} bytes`);
  });

  test('gives everything to root but its volume, and lets nobody become somebody else', async () => {
    const [base, program, state] = readManifest().layers;
    assert.ok(base !== undefined && program !== undefined && state !== undefined);
    const entries = [...(await list(base)), ...(await list(program))];
    assert.ok(entries.length > 1000, `${entries.length} entries`);
    assert.deepEqual(
      entries.filter((entry) => !/^\S+ 0\/0 /.test(entry)),
      [],
    );
    assert.deepEqual(
      entries.filter((entry) => /^...[sS]|^......[sS]/.test(entry)),
      [],
    );
    const writable = entries.filter((entry) => /^[^l].......w/.test(entry)).map((entry) => entry.split(/ \d\d:\d\d /)[1]);
    assert.deepEqual(
      writable,
      ['./tmp/', './var/tmp/'].filter((name) => writable.includes(name)),
    );
    assert.deepEqual(
      (await list(state)).map((entry) => entry.replace(/ +\d+ \d{4}-\d\d-\d\d \d\d:\d\d/, '')),
      ['drwx------ 10001/10001 var/lib/reveille/'],
    );
  });

  test('brings a shell, a first process and libraries, and tells scanners which', async () => {
    const [base] = readManifest().layers;
    assert.ok(base !== undefined);
    const files = (await list(base)).map((entry) => entry.split(/ \d\d:\d\d /)[1] ?? '');
    const inFolder = (name: string) => files.flatMap((file) => (file.startsWith(name) && file !== name ? [file.slice(name.length)] : []));
    assert.deepEqual(inFolder('./usr/bin/'), ['dash', 'sh -> dash', 'tini']);
    const packages = ['base-files', 'dash', 'gcc-14-base', 'libc6', 'libgcc-s1', 'libstdc++6', 'tini'];
    assert.deepEqual(inFolder('./var/lib/dpkg/status.d/'), packages);
    for (const name of packages) {
      const isLicensed = files.some(
        (file) => file === `./usr/share/doc/${name}/copyright` || file === `./usr/share/doc/${name} -> gcc-14-base`,
      );
      assert.ok(isLicensed, `the licence of ${name}`);
    }
  });

  test('is the same to the byte when it is built again elsewhere', async () => {
    const again = await builder.build('another place');
    assert.equal(sum(await readFile(again)), sum(await readFile(file)));
  });
});

test("the system of an image for linux-arm64 is made of that processor's packages", { skip: notHere }, async (t) => {
  const folder = await createTestFolder();
  t.after(() => rm(folder, { recursive: true, force: true }));
  const platform = findPlatform('linux-arm64');
  const packages = await fetchDebianPackages(platform, join(folder, 'debian'));
  assert.equal(packages.length, 7);
  assert.deepEqual(
    packages.filter((name) => !/_(arm64|all)\.deb$/.test(name)),
    [],
  );
  await buildBaseSystem(join(folder, 'root'), packages, epochSeconds);
  for (const path of [platform.loader.slice(1), 'usr/bin/sh', 'usr/bin/tini', 'usr/lib/aarch64-linux-gnu/libstdc++.so.6']) {
    assert.equal((await readFile(join(folder, 'root', path))).readUInt16LE(18), platform.machine, path);
  }
});

function sum(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
