import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createLog } from '../src/log/log.ts';
import { emptyNotification } from '../src/push/provider/notification.ts';
import { runProgram } from '../src/registry/embedded/process/run-program.ts';
import { ask, explainMissing, startServer } from '../test/helpers/database/postgres.ts';
import {
  fixtureKey,
  fixtureSecret,
  fixtureFolder,
  nameFixture,
  type Told,
  type ToldDevice,
} from '../test/helpers/database/schema-fixtures.ts';

// `node scripts/run.mjs scripts/schema-fixture.ts [CHECKOUT]`: a database as the Reveille in that folder (by default this one) leaves
// it, for the tests of upgrades: test/fixtures/schemas/NNNN.sql, and beside it in NNNN.json what that program answered. A fixture that
// is there is never written again: databases of that kind are out in the world.

/** What of a registry has been there since when is known by its schema alone. */
interface OldRegistry {
  register(registration: object): Promise<ToldDevice>;
  note?(node: string, text: string): Promise<void>;
  prove?(proof: object): Promise<unknown>;
  readonly credentials?: { keep(provider: string, content: Buffer): Promise<Date> };
  readonly deferred?: {
    put(pushes: readonly object[]): Promise<void>;
    claim(provider: string, limit: number, leaseMs: number): Promise<readonly object[]>;
  };
  close(): Promise<void>;
}

interface OldProgram {
  readonly openRegistry: (options: object, log: object) => Promise<OldRegistry>;
}

const apns = 'tigase:messenger:apns:1';
const fcm = 'fcm-xmpp-api';
const p2 = { name: 'p2', handle: 'p2 00112233445566778899', keys: { account: '00112233445566778899aabbccddeeff00112233' } };
const since = { note: 2, credentials: 3, deferred: 5, proofs: 6, dialects: 7, behind: 8 };
/** A node that was imported, and has other devices than its own. */
const shared = 'an imported node';
const minuteMs = 60_000;
const farAway = new Date('2100-01-01T00:00:00.000Z');
const limitMs = 60_000;

const checkout = resolve(process.argv[2] ?? join(import.meta.dirname, '..'));
const missing = await explainMissing('debian');
if (missing !== undefined) throw new Error(`a dump needs Debian's PostgreSQL: ${missing}`);
const server = await startServer('debian');
try {
  await make(await server.createDatabase());
} finally {
  await server.close();
}

async function make(url: string): Promise<void> {
  const { openRegistry } = (await import(pathToFileURL(join(checkout, 'src/registry/open.ts')).href)) as OldProgram;
  const options = { url, dataDir: '/nonexistent', devicesPerOwner: 25, key: fixtureKey, secret: fixtureSecret };
  const registry = await openRegistry(options, createLog('silent'));
  let told: Told;
  try {
    const [row] = await ask(url, 'SELECT max(number) AS schema FROM migrations');
    told = await inhabit(registry, Number(row?.['schema']), url);
  } finally {
    await registry.close();
  }
  await mkdir(fixtureFolder, { recursive: true });
  const file = nameFixture(told.schema);
  // A path that is there is an error: what was released does not change any more.
  await writeFile(`${file}.sql`, await dump(url), { flag: 'wx' });
  await writeFile(`${file}.json`, `${JSON.stringify(told, undefined, 2)}\n`, { flag: 'wx' });
  console.log(`${file}.sql and .json: in a minute, when nothing in it is leased any more, run npm test -- registry/upgrade`);
}

/** Devices of several kinds, and whatever else a database of this schema can hold. No token or secret in it is anybody's. */
async function inhabit(registry: OldRegistry, schema: number, url: string): Promise<Told> {
  const anna = await registry.register({ owner: 'anna@example.net', provider: apns, token: 'ab'.repeat(32), secondToken: 'cd'.repeat(32) });
  const bob = await registry.register({
    owner: 'bob@example.net',
    provider: fcm,
    token: 'accept-bob:APA91b-made-up',
    secondToken: undefined,
  });
  const other = await registry.register({
    owner: 'jürgen@bücher.example',
    provider: fcm,
    token: 'accept-juergen:APA91b-made-up',
    secondToken: undefined,
    secret: 'a made-up secret',
  });
  const devices = [anna, bob, other];
  if (schema >= since.dialects)
    devices.push(
      await registry.register({
        owner: 'bob@example.net',
        provider: fcm,
        token: 'accept-bob:APA91b-made-up',
        secondToken: undefined,
        dialect: p2,
        secret: 'another one',
      }),
    );
  if (schema >= since.behind) {
    const dora = await registry.register({ owner: 'dora@example.net', provider: fcm, token: 'accept-dora', secondToken: undefined });
    await ask(url, `UPDATE devices SET behind = '${shared}' WHERE node = '${dora.node}'`);
    devices.push({ ...dora, behind: shared });
  }
  if (schema >= since.note) await registry.note?.(anna.node, 'sandbox');
  if (schema >= since.credentials) await registry.credentials?.keep(apns, Buffer.from('stands for a certificate'));
  const deferred = schema >= since.deferred ? await wait(registry, anna, bob, other) : undefined;
  if (schema >= since.proofs) await registry.prove?.({ provider: fcm, identity: 'a fingerprint', device: 'a digest' });
  return {
    schema,
    devices: devices.map((device) => (device === anna && schema >= since.note ? { ...device, note: 'sandbox' } : device)),
    ...(schema >= since.credentials && { credential: { provider: apns, content: 'stands for a certificate' } }),
    ...(deferred && { deferred }),
  };
}

/** One that is due, one that an instance was trying when it was killed, one whose time is over when a test reads it. */
async function wait(registry: OldRegistry, due: ToldDevice, leased: ToldDevice, late: ToldDevice): Promise<Told['deferred']> {
  const now = Date.now();
  const build = ({ node, provider }: ToldDevice, count: number, expiresAt: Date): object => ({
    id: `00000000-0000-7000-8000-00000000000${count}`,
    node,
    provider,
    kind: 'message',
    notification: { ...emptyNotification, messageCount: count, body: `waits in ${count}` },
    publishedAt: new Date(now),
    expiresAt,
    notBefore: new Date(now - minuteMs),
    tries: 1,
  });
  await registry.deferred?.put([build(leased, 2, farAway)]);
  const claimed = await registry.deferred?.claim(leased.provider, 1, minuteMs);
  if (claimed?.length !== 1) throw new Error('what waits could not be claimed');
  await registry.deferred?.put([build(due, 1, farAway), build(late, 3, new Date(now + minuteMs))]);
  return { due: { node: due.node, body: 'waits in 1' }, leased: { node: leased.node, body: 'waits in 2' }, late: { node: late.node } };
}

/** Statements that any PostgreSQL from 15 on and any client takes. */
async function dump(url: string): Promise<string> {
  const program = findDump();
  const { code, output } = await runProgram(
    program,
    ['--inserts', '--no-owner', '--no-privileges', '--no-comments', url],
    undefined,
    limitMs,
  );
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${output}`);
  const lines = output.split('\n').filter((line) => line !== '' && !/^(--|\\)/.test(line));
  return `${lines.join('\n')}\n`;
}

function findDump(): string {
  const root = '/usr/lib/postgresql';
  const found = readdirSync(root)
    .map((version) => join(root, version, 'bin/pg_dump'))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error(`no pg_dump under ${root}: apt-get install postgresql-client`);
  return found;
}
