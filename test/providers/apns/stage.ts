import type { TestContext } from 'node:test';
import create from '../../../providers/apns/index.ts';
import type { Outcome, Provider } from '../../../src/index.ts';
import { createSandboxApns, type SandboxApns, type SandboxApnsOptions } from '../../../src/sandbox/apns/sandbox-apns.ts';
import { buildAuthority, buildSigningKey } from '../../../src/sandbox/authority.ts';
import { buildPush, captureTools, createFolder, never, writeInto, type Captured } from '../kit.ts';

export const topic = 'org.example.app';
export const authority = buildAuthority();
export const signingKey = buildSigningKey();
const client = authority.issueClient([topic]);

/** A sandbox APNs and providers that push to it, all gone after the test. */
export interface Stage {
  readonly sandbox: SandboxApns;
  readonly captured: Captured;
  readonly create: (kind: 'token' | 'certificate', options?: Readonly<Record<string, unknown>>) => Provider;
  readonly createSandbox: (options?: Partial<SandboxApnsOptions>) => Promise<SandboxApns>;
}

export async function createStage(context: TestContext, options: Partial<SandboxApnsOptions> = {}): Promise<Stage> {
  const folder = createFolder(context);
  const captured = captureTools(folder);
  writeInto(folder, { 'ca.pem': authority.ca, 'key.p8': signingKey.p8, 'apns.p12': client.p12('p12-password') });
  const createSandbox = async (more: Partial<SandboxApnsOptions> = {}) => {
    const sandbox = await createSandboxApns({ authority, topics: [topic], keys: [signingKey], ...more });
    context.after(() => sandbox.close());
    return sandbox;
  };
  const sandbox = await createSandbox(options);
  const credentials = {
    token: { 'apns-topic': topic, 'key-file': 'key.p8', 'key-id': signingKey.keyId, 'team-id': signingKey.teamId },
    certificate: { 'cert-file': 'apns.p12', 'cert-password': 'p12-password' },
  };
  return {
    sandbox,
    captured,
    createSandbox,
    create(kind, more = {}) {
      const provider = create({ ...credentials[kind], 'ca-file': 'ca.pem', endpoint: sandbox.origin, ...more }, captured.tools);
      context.after(() => provider.close());
      return provider;
    },
  };
}

export function pushMany(provider: Provider, count: number): Promise<readonly Outcome[]> {
  return Promise.all(Array.from({ length: count }, () => provider.push(buildPush({ messageCount: 1, body: 'x' }), never)));
}
