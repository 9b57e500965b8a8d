import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RegistrationRate } from '../../src/handlers/registration/rate.ts';
import { TokenBuckets } from '../../src/base/token-buckets.ts';
import { RateGuard } from '../../src/push/delivery/restraint/rate-guard.ts';
import { Latest } from '../../src/push/delivery/waiting/latest.ts';
import { createDeviceCache } from '../../src/registry/devices/cache.ts';
import type { Device } from '../../src/registry/devices/device.ts';
import { createRefusals } from '../../src/registry/devices/refusals.ts';
import { createTouches } from '../../src/registry/devices/touches.ts';
import { parseJid } from '../../src/xmpp/stanza/jid.ts';
import { everybody, silent } from './suites/registry-suite.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const pieces = 500;
const pieceLength = 65_536;
const mostBytes = 8_000_000;

/** A name as it comes in: a part of a text that came with it. */
function cut(index: number): string {
  const name = `name-of-some-length-${index}@example.net`;
  return `${'x'.repeat(pieceLength)}${name}`.split('').join('').slice(pieceLength);
}

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

const device: Device = {
  node: '',
  owner: 'a@b',
  provider: 'p',
  token: 't',
  secondToken: undefined,
  secret: undefined,
  note: undefined,
  registeredAt: new Date(0),
};

/** What remembers names from outside, ready to be told one. */
const memories: Readonly<Record<string, () => (name: string) => unknown>> = {
  'known devices': () => {
    const cache = createDeviceCache(10_000, (node) => Promise.resolve({ ...device, node: Buffer.from(node).toString() }));
    return (name) => cache.lookup(name, 'publisher', everybody);
  },
  'refused publishers': () => {
    const refusals = createRefusals();
    return (name) => {
      refusals.add(name, name);
    };
  },
  'devices that were of use': () => {
    const touches = createTouches(10_000, () => Promise.resolve(), silent);
    return (name) => touches.touch(name);
  },
  'devices that got a push of late': () => {
    const latest = new Latest();
    return (name) => latest.delivered({ id: 'push', node: name, kind: 'message', publishedAt: new Date(0) });
  },
  'devices that may not be sent to often': () => {
    const guard = new RateGuard(60_000);
    return (name) => {
      guard.take(name);
      guard.sent(name);
    };
  },
  'unknown nodes': () => {
    const cache = createDeviceCache(10_000, () => Promise.resolve(undefined));
    return (name) => cache.lookup(name, 'publisher', everybody);
  },
  'owners who register': () => {
    const rate = new RegistrationRate(60);
    return (name) => {
      rate.take(parseJid(name)!);
    };
  },
  'clients of REST': () => {
    const buckets = new TokenBuckets(60);
    return (name) => buckets.take(name);
  },
};

describe('a name that is remembered keeps nothing of the text it came in', () => {
  for (const [what, open] of Object.entries(memories))
    test(what, async () => {
      const remember = open();
      await remember(cut(-1));
      const before = heapBytes();
      for (let index = 0; index < pieces; index += 1) await remember(cut(index));
      const grownBytes = heapBytes() - before;
      assert.ok(grownBytes < mostBytes, `${grownBytes} bytes for ${pieces} names`);
      await remember(cut(0));
    });
});
