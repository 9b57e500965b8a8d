import type { TestContext } from 'node:test';
import { createFcm } from '../../../providers/fcm/create-fcm.ts';
import type { Provider } from '../../../src/index.ts';
import { buildAuthority } from '../../../src/sandbox/authority.ts';
import {
  createSandboxFcm,
  type SandboxFcm,
  type SandboxFcmOptions,
  type ServiceAccountFile,
} from '../../../src/sandbox/fcm/sandbox-fcm.ts';
import { captureTools, createFolder, writeInto, type Captured } from '../kit.ts';

const authority = buildAuthority();
/** How often the account's file is looked at. */
const watchEveryMs = 50;

/** A sandbox FCM and providers that push to it, all gone after the test. */
export interface FcmStage {
  readonly sandbox: SandboxFcm;
  readonly captured: Captured;
  /** Where service-account.json and ca.pem are. */
  readonly folder: string;
  readonly account: ServiceAccountFile;
  readonly create: (options?: Readonly<Record<string, unknown>>) => Provider;
}

export async function createFcmStage(context: TestContext, options: Partial<SandboxFcmOptions> = {}): Promise<FcmStage> {
  const folder = createFolder(context);
  const captured = captureTools(folder);
  const sandbox = await createSandboxFcm({ authority, ...options });
  context.after(() => sandbox.close());
  const account = sandbox.issueServiceAccount();
  writeInto(folder, { 'ca.pem': authority.ca, 'service-account.json': JSON.stringify(account) });
  return {
    sandbox,
    captured,
    folder,
    account,
    create(more = {}) {
      const options = { 'service-account-file': 'service-account.json', endpoint: sandbox.origin, 'ca-file': 'ca.pem', proxy: [], ...more };
      const provider = createFcm(options, captured.tools, watchEveryMs);
      context.after(() => provider.close());
      return provider;
    },
  };
}

/** As long as Google's registration tokens. */
export function randomRegistrationToken(): string {
  const letters = Array.from({ length: 134 }, () => Math.floor(Math.random() * 36).toString(36)).join('');
  return `c${randomWord(21)}:APA91b${letters}`;
}

export function randomInstallationId(): string {
  return `d${randomWord(21)}`;
}

function randomWord(length: number): string {
  return Array.from({ length }, () => Math.floor(Math.random() * 36).toString(36)).join('');
}
