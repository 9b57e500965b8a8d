/**
 * CPU per push of the APNs provider against a bare node:http2 loop that sends the same bytes: both talk to the sandbox in a
 * process of its own. Prints microseconds per push of this process, round by round, and the ratio of the medians.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import create from '../../providers/apns/index.ts';
import { buildAuthority } from '../../src/sandbox/authority.ts';
import { createSandboxApns } from '../../src/sandbox/apns/sandbox-apns.ts';
import { emptyNotification, type Provider, type Push } from '../../src/index.ts';

const topic = 'org.example.app';
const pushes = 20_000;
const inFlight = 100;
const rounds = 5;

interface Hello {
  readonly origin: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** The child: serves until its parent goes. */
async function serve(): Promise<void> {
  const authority = buildAuthority();
  const { cert, key } = authority.issueClient([topic]);
  const sandbox = await createSandboxApns({ authority, topics: [topic], keep: 1_000 });
  process.send?.({ origin: sandbox.origin, ca: authority.ca, cert, key } satisfies Hello);
  process.once('disconnect', () => process.exit(0));
}

async function main(): Promise<void> {
  const child = fork(import.meta.filename, ['serve']);
  const folder = mkdtempSync(join(tmpdir(), 'reveille-bench-'));
  try {
    await compare(child, folder);
  } finally {
    child.disconnect();
    rmSync(folder, { recursive: true });
  }
}

async function compare(child: ChildProcess, folder: string): Promise<void> {
  const [hello] = (await once(child, 'message')) as [Hello];
  writeFileSync(join(folder, 'client.pem'), hello.cert + hello.key);
  writeFileSync(join(folder, 'ca.pem'), hello.ca);
  const session = connect(hello.origin, { ca: hello.ca, cert: hello.cert, key: hello.key });
  const log = { debug: ignore, info: ignore, warn: console.error, error: console.error };
  const options = { 'cert-file': 'client.pem', 'ca-file': 'ca.pem', endpoint: hello.origin };
  const provider = create(options, { name: 'bench', log, resolvePath: (path) => join(folder, path) });
  const costs = { bare: [] as number[], provider: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    costs.bare.push(await measure(() => sendBare(session)));
    costs.provider.push(await measure(() => sendThrough(provider)));
    console.log(`round ${round + 1}: bare ${costs.bare.at(-1)?.toFixed(1)} µs, provider ${costs.provider.at(-1)?.toFixed(1)} µs per push`);
  }
  session.close();
  await provider.close();
  console.log(`ratio of medians: ${(median(costs.provider) / median(costs.bare)).toFixed(2)}`);
}

async function measure(send: () => Promise<void>): Promise<number> {
  let left = pushes;
  const before = process.cpuUsage();
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / pushes;
}

function sendBare(session: ClientHttp2Session): Promise<void> {
  const { account, token, notification } = buildPush();
  const aps = { alert: 'New message!', 'mutable-content': 1, 'content-available': 1, sound: 'default' };
  const { messageCount, sender, body } = notification;
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': `/3/device/${token}`,
      'apns-topic': topic,
      'apns-push-type': 'alert',
      'apns-priority': '10',
      'apns-id': randomUUID(),
      'apns-expiration': String(Math.floor(Date.now() / 1000) + 60),
    });
    stream.on('response', (headers) => (headers[':status'] === 200 ? undefined : reject(new Error(`status ${headers[':status']}`))));
    stream.on('error', reject);
    stream.on('close', () => resolve());
    stream.resume();
    stream.end(JSON.stringify({ aps, account, 'unread-messages': messageCount, sender, body }));
  });
}

const { signal } = new AbortController();

async function sendThrough(provider: Provider): Promise<void> {
  const outcome = await provider.push(buildPush(), signal);
  if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
}

function buildPush(): Push {
  return {
    id: randomUUID(),
    account: 'anna@example.org',
    token: '0123456789abcdef'.repeat(4),
    secondToken: undefined,
    registeredAt: new Date(),
    remembered: undefined,
    expiresAt: new Date(Date.now() + 60_000),
    notification: { ...emptyNotification, messageCount: 1, sender: 'ben@example.org/phone', body: 'Are you there?' },
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function ignore(): void {
  return;
}

await (process.argv[2] === 'serve' ? serve() : main());
