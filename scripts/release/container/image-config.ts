import type { Platform } from '../platforms.ts';
import { home, user, volume } from './base-system.ts';

export interface ImageDescription {
  readonly platform: Platform;
  readonly version: string;
  /** The commit it is made from. */
  readonly revision: string;
  readonly epochSeconds: number;
  /** Sums of the layers before they are compressed, the lowest first. */
  readonly diffIds: readonly string[];
}

const configuration = '/etc/reveille/reveille.toml';
const nanosecondsOf = (seconds: number): number => seconds * 1_000_000_000;

/** What is written upon an image: https://github.com/opencontainers/image-spec/blob/main/annotations.md. */
export function buildLabels({ version, revision, epochSeconds }: ImageDescription): Readonly<Record<string, string>> {
  const labels = {
    title: 'Reveille',
    description: 'An XMPP push component (XEP-0357 app server): wakes phones through APNs, FCM and more, beside any XMPP server.',
    version,
    revision,
    created: timeOf(epochSeconds),
    licenses: 'MIT',
    vendor: 'Reveille',
  };
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [`org.opencontainers.image.${key}`, value]));
}

/**
 * How a container of the image is run: https://github.com/opencontainers/image-spec/blob/main/config.md. `Healthcheck` is
 * Docker's addition to it, which other engines pass over.
 */
export function buildImageConfig(description: ImageDescription): object {
  const { platform, epochSeconds, diffIds } = description;
  const created = timeOf(epochSeconds);
  return {
    created,
    architecture: platform.debian,
    os: 'linux',
    ...(platform.cpu === 'arm64' && { variant: 'v8' }),
    config: {
      User: `${user}:${user}`,
      ExposedPorts: { '5281/tcp': {} },
      Env: [`PATH=${home}/bin:/usr/bin`],
      // The first process of a container has no usual reactions to signals, and inherits orphans: tini is made for that.
      Entrypoint: ['/usr/bin/tini', '--', `${home}/bin/reveille`],
      Cmd: ['serve', '--config', configuration],
      Volumes: { [volume]: {} },
      WorkingDir: volume,
      Labels: buildLabels(description),
      StopSignal: 'SIGTERM',
      Healthcheck: {
        Test: ['CMD', `${home}/bin/reveille`, 'health', '--config', configuration],
        Interval: nanosecondsOf(30),
        Timeout: nanosecondsOf(10),
        // A first start makes its database.
        StartPeriod: nanosecondsOf(60),
        Retries: 3,
      },
    },
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: ["Debian's packages", 'Reveille', 'its volume'].map((comment) => ({ created, created_by: 'npm run release', comment })),
  };
}

function timeOf(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace('.000Z', 'Z');
}
