import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const limitMs = 9 * 60_000;

/** Something stored under its own sum, as https://github.com/opencontainers/image-spec/blob/main/descriptor.md has it. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface Layer {
  readonly descriptor: Descriptor;
  /** The sum before it is compressed. */
  readonly diffId: string;
}

export interface LayerOptions {
  /** Whose everything in it is. */
  readonly owner: number;
  readonly epochSeconds: number;
  /** gzip's, 0 to 9. */
  readonly level: number;
}

/** What tar takes: names seen from `folder`; below `under`, where given, in the image. */
export interface Content {
  readonly folder: string;
  readonly names: readonly string[];
  readonly under?: string;
}

const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** Packs files into a layer in `blobs`, under the sum of its bytes: names sorted, one owner, one time. */
export async function writeLayer(blobs: string, content: Content, { owner, epochSeconds, level }: LayerOptions): Promise<Layer> {
  const draft = join(blobs, 'layer.partial');
  const same = ['--sort=name', `--mtime=@${epochSeconds}`, `--owner=${owner}`, `--group=${owner}`, '--numeric-owner', '--format=gnu'];
  // Links lead to where they led before.
  const moved = content.under === undefined ? [] : [`--transform=flags=r;s,^\\.,${content.under},`];
  const tar = spawn('tar', ['-c', ...same, ...moved, '-C', content.folder, ...content.names], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
    timeout: limitMs,
  });
  const complaints = collectText(tar.stderr);
  const ended = new Promise<number | null>((resolve, reject) => tar.on('close', resolve).on('error', reject));
  const [inner, outer] = [createMeter(), createMeter()];
  await Promise.all([
    pipeline(tar.stdout, inner.stream, createGzip({ level }), outer.stream, createWriteStream(draft)),
    ended.then(async (code) => {
      if (code !== 0) throw new Error(`tar of ${content.folder} failed (${code ?? 'ended by a signal'}): ${await complaints}`);
    }),
  ]);
  const descriptor = { mediaType, digest: outer.digest(), size: outer.bytes() };
  await rename(draft, join(blobs, descriptor.digest.slice('sha256:'.length)));
  return { descriptor, diffId: inner.digest() };
}

export function sumOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

interface Meter {
  readonly stream: PassThrough;
  /** Of all that passed. */
  digest(): string;
  bytes(): number;
}

function createMeter(): Meter {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  return { stream, digest: () => `sha256:${hash.digest('hex')}`, bytes: () => bytes };
}

async function collectText(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text = (text + String(chunk)).slice(-2000);
  return text.trim();
}
