import { generateKeyPairSync } from 'node:crypto';
import type { TestContext } from 'node:test';
import { createWebpush } from '../../../providers/webpush/create-webpush.ts';
import type { Resolvers } from '../../../providers/webpush/strangers/strangers.ts';
import type { WebpushProvider } from '../../../providers/webpush/webpush-provider.ts';
import { captureTools, createFolder, writeInto, type Captured } from '../kit.ts';
import { authority } from './service.ts';

export const vapidPem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

export interface WebpushStage {
  readonly captured: Captured;
  readonly create: (options?: Readonly<Record<string, unknown>>, resolvers?: Resolvers) => WebpushProvider;
}

export const usualOptions = {
  'vapid-key-file': 'vapid.pem',
  subject: 'mailto:admin@example.org',
  'allow-private': ['localhost'],
  'ca-file': 'ca.pem',
  proxy: [],
};

/** Providers that may push to localhost, all gone after the test. */
export function createStage(context: TestContext): WebpushStage {
  const folder = createFolder(context);
  const captured = captureTools(folder);
  writeInto(folder, { 'ca.pem': authority.ca, 'vapid.pem': vapidPem });
  return {
    captured,
    create(more = {}, resolvers) {
      const provider = createWebpush({ ...usualOptions, ...more }, captured.tools, resolvers);
      context.after(() => provider.close());
      return provider;
    },
  };
}
