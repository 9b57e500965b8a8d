import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Platform } from '../platforms.ts';
import { runTool } from '../run-tool.ts';
import { buildBaseSystem, home, user, volume } from './base-system.ts';
import { buildImageConfig, buildLabels } from './image-config.ts';
import { type Descriptor, type Layer, sumOf, writeLayer } from './write-layer.ts';

export interface ImageOptions {
  readonly platform: Platform;
  readonly version: string;
  readonly revision: string;
  readonly epochSeconds: number;
  /** What the program runs from, as `buildTree` made it. */
  readonly tree: string;
  /** Files of Debian's packages. */
  readonly packages: readonly string[];
  /** gzip's, 0 to 9. */
  readonly level: number;
}

/**
 * Makes an image in one file that every engine reads: a layout of the Open Container Initiative
 * (https://github.com/opencontainers/image-spec/blob/main/image-layout.md) with Docker's own table of contents beside it.
 * `work` is a folder of its own, removed at the end.
 */
export async function buildImage(file: string, work: string, options: ImageOptions): Promise<void> {
  const layout = join(work, 'layout');
  try {
    await mkdir(join(layout, 'blobs/sha256'), { recursive: true });
    await fillLayout(layout, await writeLayers(work, join(layout, 'blobs/sha256'), options), options);
    // The table of contents comes first, so that a reader of a stream needn't keep the rest.
    const names = ['oci-layout', 'index.json', 'manifest.json', 'blobs'];
    const same = ['--sort=name', `--mtime=@${options.epochSeconds}`, '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
    await runTool('tar', ['-c', ...same, '--mode=a+rX,go-w', '-f', file, '-C', layout, ...names]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What changes least lies lowest: an engine fetches what it has not got. */
async function writeLayers(work: string, blobs: string, options: ImageOptions): Promise<readonly Layer[]> {
  const { tree, packages, epochSeconds, level } = options;
  const [base, state] = [join(work, 'base'), join(work, 'state')];
  await buildBaseSystem(base, packages, epochSeconds);
  // A new volume takes over whose the folder is and who may enter.
  await mkdir(join(state, volume), { recursive: true, mode: 0o700 });
  const ofRoot = { owner: 0, epochSeconds, level };
  return [
    await writeLayer(blobs, { folder: base, names: ['.'] }, ofRoot),
    await writeLayer(blobs, { folder: tree, names: ['.'], under: home.slice(1) }, ofRoot),
    await writeLayer(blobs, { folder: state, names: [volume.slice(1)] }, { ...ofRoot, owner: user }),
  ];
}

async function fillLayout(layout: string, layers: readonly Layer[], options: ImageOptions): Promise<void> {
  const { platform, version } = options;
  const description = { ...options, diffIds: layers.map(({ diffId }) => diffId) };
  const config = await store(layout, 'application/vnd.oci.image.config.v1+json', buildImageConfig(description));
  const descriptors = layers.map(({ descriptor }) => descriptor);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await store(layout, mediaType, {
    schemaVersion: 2,
    mediaType,
    config,
    layers: descriptors,
    annotations: buildLabels(description),
  });
  const entry = {
    ...manifest,
    platform: { architecture: platform.debian, os: 'linux', ...(platform.cpu === 'arm64' && { variant: 'v8' }) },
    annotations: { 'org.opencontainers.image.ref.name': version, 'io.containerd.image.name': `docker.io/library/reveille:${version}` },
  };
  const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [entry] };
  // As `docker save` writes it, for those that read nothing else.
  const table = [{ Config: pathOf(config), RepoTags: [`reveille:${version}`], Layers: descriptors.map(pathOf) }];
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(layout, 'index.json'), JSON.stringify(index));
  await writeFile(join(layout, 'manifest.json'), JSON.stringify(table));
}

async function store(layout: string, mediaType: string, value: object): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(value));
  const descriptor = { mediaType, digest: sumOf(bytes), size: bytes.length };
  await writeFile(join(layout, pathOf(descriptor)), bytes);
  return descriptor;
}

function pathOf({ digest }: Descriptor): string {
  return `blobs/${digest.replace(':', '/')}`;
}
