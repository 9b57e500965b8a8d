import assert from 'node:assert/strict';
import { randomBytes, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { createLog } from '../../src/log/log.ts';
import { Certificates } from '../../src/push/credentials/certificates.ts';
import { closeProviders, loadProviders } from '../../src/push/loading/load-providers.ts';
import type { CredentialKeys } from '../../src/registry/credentials/create-credential-store.ts';
import type { CredentialStore } from '../../src/registry/credentials/credential-store.ts';
import { openRegistry } from '../../src/registry/open.ts';
import { DatabaseUnavailable } from '../../src/registry/registry.ts';
import { buildAuthority, buildSigningKey, type ClientIdentity } from '../../src/sandbox/authority.ts';
import { ask, createTestFolder, startServer, type TestServer } from '../helpers/database/postgres.ts';
import { waitFor } from '../helpers/wait-for.ts';

const topic = 'org.example.app';
const authority = buildAuthority();
const key = randomBytes(32);
const signingKey = buildSigningKey();
const keyOptions = { 'apns-topic': topic, 'key-file': 'key.p8', 'key-id': signingKey.keyId, 'team-id': signingKey.teamId };

/** What one running program has of all this. */
interface Instance {
  readonly certificates: Certificates;
  readonly store: CredentialStore;
  readonly log: readonly Record<string, unknown>[];
  /** When the certificate of the provider ends; undefined where it has none. */
  end(): Date | undefined;
  events(event: string): readonly Record<string, unknown>[];
}

interface InstanceOptions extends CredentialKeys {
  readonly options?: Readonly<Record<string, unknown>>;
  /** Before the certificates start. */
  readonly prepare?: () => Promise<void>;
}

let server: TestServer;
let url: string;
let folder: string;
const cleanUp: (() => Promise<void>)[] = [];

before(async () => {
  folder = await createTestFolder();
  writeFileSync(join(folder, 'key.p8'), signingKey.p8);
  server = await startServer('embedded');
});
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});
after(() => server.close());

async function start({ options = { 'apns-topic': topic }, prepare, ...keys }: InstanceOptions = { key }): Promise<Instance> {
  const log: Record<string, unknown>[] = [];
  const lines = createLog('debug', { write: (line: string) => log.push(JSON.parse(line) as Record<string, unknown>) });
  const providers = await loadProviders([{ id: 'apns', use: 'apns', options }], join(folder, 'reveille.toml'), lines, 100);
  cleanUp.push(() => closeProviders(providers, lines));
  const registry = await openRegistry({ url, dataDir: '/nonexistent', devicesPerOwner: 25, ...keys }, lines);
  cleanUp.push(() => registry.close());
  await prepare?.();
  const certificates = new Certificates({ providers, store: registry.credentials, log: lines });
  cleanUp.push(() => certificates.close());
  await certificates.start();
  const events = (event: string) => log.filter((line) => line['event'] === event);
  return { certificates, store: registry.credentials, log, events, end: () => providers.get('apns')?.status().credentialExpiresAt };
}

const pem = ({ cert, key: privateKey }: ClientIdentity) => ({ certificate: Buffer.from(cert + privateKey), password: undefined });
const endOf = ({ cert }: ClientIdentity) => new Date(new X509Certificate(cert).validTo);
/** Told apart by their end. */
const issue = (days: number) => authority.issueClient([topic], new Date(Date.now() + days * 86_400_000));
const has = (instance: Instance, identity: ClientIdentity) => instance.end()?.getTime() === endOf(identity).getTime();

test('a certificate is used by its instance, by those that run, and by those that start later', async () => {
  url = await server.createDatabase();
  const [one, other] = [await start(), await start()];
  const first = issue(10);
  const summary = await one.certificates.upload('apns', pem(first));
  assert.deepEqual([summary.topics, summary.expiresAt], [[topic], endOf(first)]);
  assert.ok(has(one, first));
  await waitFor('the other instance', () => has(other, first));
  const second = issue(20);
  await other.certificates.upload('apns', pem(second));
  await waitFor('the first instance', () => has(one, second));
  assert.ok(has(await start(), second), 'at once, before the link to the XMPP server is up');
  assert.equal(one.certificates.uploaded('apns')?.obstacle, undefined);
});

test('the same certificate again, and a reading that brings nothing new, are no replacement', async () => {
  url = await server.createDatabase();
  const [one, other] = [await start(), await start()];
  const identity = issue(10);
  await one.certificates.upload('apns', pem(identity));
  await waitFor('the other instance', () => has(other, identity));
  const before = one.certificates.uploaded('apns')?.uploadedAt;
  await one.certificates.upload('apns', pem(identity));
  await waitFor('the moment of the second upload', () => other.certificates.uploaded('apns')?.uploadedAt !== before);
  for (const instance of [one, other]) assert.equal(instance.events('apns-credentials-replaced').length, 1);
});

test('two instances that are given two certificates at once end up with the same one', async () => {
  url = await server.createDatabase();
  const [one, other] = [await start(), await start()];
  for (let round = 0; round < 10; round += 1) {
    const [first, second] = [issue(10 + round), issue(50 + round)];
    await Promise.all([one.certificates.upload('apns', pem(first)), other.certificates.upload('apns', pem(second))]);
    await waitFor('the same in both', () => one.end()?.getTime() === other.end()?.getTime() && (has(one, first) || has(one, second)));
  }
});

test('what does not pass is neither kept nor used', async () => {
  url = await server.createDatabase();
  const one = await start();
  const identity = issue(10);
  await one.certificates.upload('apns', pem(identity));
  const ended = authority.issueClient([topic], new Date('2025-03-04T05:06:07Z'));
  await assert.rejects(one.certificates.upload('apns', pem(ended)), /it ended on 2025-03-04/);
  assert.ok(has(one, identity) && has(await start(), identity));
});

test('while the database is down an upload is refused, what is in use stays, and all that was missed is read after its return', async () => {
  const own = await startServer('embedded');
  url = await own.createDatabase();
  try {
    const [one, other] = [await start(), await start()];
    const [first, second] = [issue(10), issue(20)];
    await one.certificates.upload('apns', pem(first));
    await waitFor('the other instance', () => has(other, first));
    await own.stop();
    await assert.rejects(one.certificates.upload('apns', pem(second)), DatabaseUnavailable);
    assert.ok(has(one, first) && has(other, first));
    await own.start();
    await one.certificates.upload('apns', pem(second));
    await waitFor('the other instance again', () => has(other, second));
    for (const step of cleanUp.splice(0).reverse()) await step();
  } finally {
    await own.close();
  }
});

test('a database that is down at the start costs one warning, and the certificate is used once it is back', async () => {
  const own = await startServer('embedded');
  url = await own.createDatabase();
  try {
    const identity = issue(10);
    await (await start()).certificates.upload('apns', pem(identity));
    const late = await start({ key, prepare: () => own.stop() });
    assert.equal(late.end(), undefined);
    await own.start();
    await waitFor('the certificate', () => has(late, identity));
    assert.equal(late.events('certificates-not-read').length, 1);
    for (const step of cleanUp.splice(0).reverse()) await step();
  } finally {
    await own.close();
  }
});

test('one that no key opens is told once with what to do; the provider waits, and an upload takes its place', async () => {
  url = await server.createDatabase();
  await (await start()).certificates.upload('apns', pem(issue(10)));
  const unlucky = await start({ key: randomBytes(32) });
  const obstacle = 'it is encrypted with another key: set database.previous-key to that one, or upload the certificate again';
  assert.deepEqual([unlucky.end(), unlucky.certificates.uploaded('apns')?.obstacle], [undefined, obstacle]);
  // Whoever listens reads again when it begins to: the same row a second time is no news.
  await ask(url, `NOTIFY reveille_credentials`);
  const fresh = issue(20);
  await unlucky.certificates.upload('apns', pem(fresh));
  assert.ok(has(unlucky, fresh));
  const told = unlucky.events('credential-unreadable');
  assert.deepEqual(
    told.map(({ level, provider, obstacle: why }) => [level, provider, why]),
    [['error', 'apns', obstacle]],
  );
});

test('a row that was exchanged with that of another provider is not used', async () => {
  url = await server.createDatabase();
  const before = await start();
  await before.certificates.upload('apns', pem(issue(10)));
  await before.store.keep('other', Buffer.from('something else'));
  await ask(
    url,
    'UPDATE credentials SET sealed = (SELECT sealed FROM credentials AS another WHERE another.provider <> credentials.provider)',
  );
  const one = await start();
  assert.equal(one.end(), undefined);
  assert.equal(one.certificates.uploaded('apns')?.obstacle, 'it is damaged, or of another provider: upload the certificate again');
});

test('one for a provider that is gone or has its credentials in the configuration is passed over with one line', async () => {
  url = await server.createDatabase();
  await (await start()).certificates.upload('apns', pem(issue(10)));
  await ask(url, "INSERT INTO credentials SELECT 'gone', sealed, key_id FROM credentials");
  const one = await start({ key, options: keyOptions });
  assert.equal(one.certificates.slots.size, 0);
  assert.equal(one.end(), undefined);
  assert.deepEqual(
    one.events('certificate-ignored').map(({ level, provider }) => [level, provider]),
    [
      ['info', 'apns'],
      ['info', 'gone'],
    ],
  );
});

test('one that does not suit the configuration any more is not used, and the reason is told', async () => {
  url = await server.createDatabase();
  await (await start()).certificates.upload('apns', pem(issue(10)));
  const one = await start({ key, options: { 'apns-topic': 'org.example.other' } });
  assert.equal(one.end(), undefined);
  assert.equal(one.certificates.uploaded('apns')?.obstacle, `it is for ${topic}, not for org.example.other`);
  assert.equal(one.events('certificate-not-used').length, 1);
});

test('a new key of the configuration changes nothing for the provider', async () => {
  url = await server.createDatabase();
  const identity = issue(10);
  await (await start()).certificates.upload('apns', pem(identity));
  const next = randomBytes(32);
  assert.ok(has(await start({ key: next, previousKey: key }), identity));
  assert.ok(has(await start({ key: next }), identity));
});
