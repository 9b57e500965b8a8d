import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAuthority } from '../../../../src/sandbox/authority.ts';
import { createSandboxWebpush, type SandboxSubscription, type SandboxWebpush } from '../../../../src/sandbox/webpush/sandbox-webpush.ts';
import { buildVapidPair } from '../../../../src/sandbox/webpush/vapid.ts';
import type { Scene } from '../../stage/scene.ts';
import { commandFields, parseStanza, registerDevice } from '../../stage/stanzas.ts';

/** A push service for browsers, and the key that their apps subscribe with. */
export interface WebPushService {
  readonly sandbox: SandboxWebpush;
  /** The table of Reveille's configuration that leads here. */
  readonly table: string;
  readonly applicationServerKey: string;
}

export async function startWebPushService(cleanUp: AsyncDisposableStack): Promise<WebPushService> {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-flow-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  const authority = buildAuthority();
  const { pem, applicationServerKey } = buildVapidPair();
  writeFileSync(join(folder, 'ca.pem'), authority.ca);
  writeFileSync(join(folder, 'vapid.pem'), pem);
  const sandbox = await createSandboxWebpush({ authority });
  cleanUp.defer(() => sandbox.close());
  const table = `[providers.webpush]
use = "webpush"
vapid-key-file = "${join(folder, 'vapid.pem')}"
ca-file = "${join(folder, 'ca.pem')}"
subject = "mailto:admin@example.org"
allow-private = ["localhost"]
allow-unencrypted = true
proxy = []`;
  return { sandbox, table, applicationServerKey };
}

/** How apps hand over what their browser or distributor gave them. */
export const ways = {
  'as JSON': (subscription: SandboxSubscription) => registerDevice(JSON.stringify(subscription), 'webpush'),
  'by its fields': ({ endpoint, p256dh, auth }: SandboxSubscription) =>
    registerDevice(endpoint, 'webpush').replace(
      '</x>',
      `<field var='p256dh'><value>${p256dh}</value></field><field var='auth'><value>${auth}</value></field></x>`,
    ),
} as const;

/** Alice's app in the browser registers, enables push at her server and goes away. */
export async function registerBrowser(scene: Scene, command: string): Promise<{ readonly user: string; readonly node: string }> {
  const alice = await scene.logIn('alice');
  const answer = await alice.iq('set', command, scene.host.componentJid);
  const node = commandFields(parseStanza(answer)).get('node');
  assert.ok(node, answer);
  const enable = `<enable xmlns='urn:xmpp:push:0' jid='${scene.host.componentJid}' node='${node}'/>`;
  assert.match(await alice.iq('set', enable), /type="result"/);
  await alice.goOffline();
  return { user: `alice@${scene.host.domain}`, node };
}
