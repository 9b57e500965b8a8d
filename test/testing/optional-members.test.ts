import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Provider, Push } from '../../src/index.ts';
import { Verdict } from '../../src/testing/judging/verdict.ts';
import type { ProviderUnderTest } from '../../src/testing/index.ts';
import { adviceRules } from '../../src/testing/rules/advice.ts';
import { addressRules } from '../../src/testing/rules/addresses.ts';
import { contentRules } from '../../src/testing/rules/contents.ts';
import { Trial } from '../../src/testing/trial.ts';

// The rules of what a provider need not have, each on a provider that breaks it and nothing else.

type Members = { readonly [Name in 'advise' | 'contentOf' | 'readAddress']?: (asked: never) => unknown };

interface Broken {
  readonly rule: string;
  readonly told: RegExp;
  /** Called for each provider. */
  readonly build: () => Members;
}

const key = 'a-key-that-nobody-may-see';
const rules = [...contentRules, ...addressRules, ...adviceRules];

const names = {
  contentAtOnce: 'tells at once what the app would find in a push, whatever the notification is',
  contentId: 'puts the id into the content of a push that may reach the app twice',
  contentPure: 'tells of the same push the same content, and changes nothing in it',
  contentQuiet: 'keeps tokens and secrets out of the content',
  addressOwn: 'takes an address that its service gives',
  addressAtOnce: 'says of every text at once whether it is an address of its own',
  addressSame: 'says of the same address the same whenever it is asked',
  addressQuiet: 'refuses an address without quoting it',
  adviceAtOnce: 'has advice on any reason at once, in a line of words, or none',
  adviceSame: 'gives the same advice on the same reason, and no secret with it',
};

const good: Required<Members> = {
  contentOf: ({ account, id, showsId }: Push) => ({ account, ...(showsId === true ? { 'push-id': id } : {}) }),
  readAddress: (text: string) => {
    if (!text.startsWith('https://acme.example/')) return undefined;
    const token = text.slice('https://acme.example/'.length);
    return /^[\da-f]+$/.test(token) ? { kind: 'address', token, credentials: 'ours' } : { kind: 'refused', reason: 'is none of Acme' };
  },
  advise: (reason: string) => (reason === 'HTTP 403' ? 'renew the key' : undefined),
};

const goodContent = good.contentOf as (push: Push) => Readonly<Record<string, unknown>>;
const goodAddress = good.readAddress as (text: string) => unknown;

function fail(): never {
  throw new Error('no idea');
}

function beginTimer(): void {
  setTimeout(() => undefined, 1).unref();
}

function counting(): () => number {
  let count = 0;
  return () => (count += 1);
}

const broken: Readonly<Record<string, Broken>> = {
  'promises a content': {
    rule: names.contentAtOnce,
    told: /a plain message: not a proper content.*a promise: nobody waits for it/s,
    build: () => ({ contentOf: async (push: Push) => Promise.resolve(goodContent(push)) }),
  },
  'throws at a notification that says nothing': {
    rule: names.contentAtOnce,
    told: /no idea/,
    build: () => ({ contentOf: (push: Push) => (push.notification.messageCount === undefined ? fail() : goodContent(push)) }),
  },
  'tells a text': { rule: names.contentAtOnce, told: /hush is no object/, build: () => ({ contentOf: () => 'hush' }) },
  'tells a huge message whole': {
    rule: names.contentAtOnce,
    told: /a huge message: .*\d{5} bytes as JSON, at most 4096 are sent/s,
    build: () => ({ contentOf: (push: Push) => ({ ...goodContent(push), body: push.notification.body }) }),
  },
  'tells what is no JSON': {
    rule: names.contentAtOnce,
    told: /can not be written as JSON/,
    build: () => ({ contentOf: () => ({ count: 1n }) }),
  },
  'sets a timer for a content': {
    rule: names.contentAtOnce,
    told: /must do no work for it.*Timeout, made/s,
    build: () => ({
      contentOf: (push: Push) => {
        beginTimer();
        return goodContent(push);
      },
    }),
  },
  'forgets the id': {
    rule: names.contentId,
    told: /without the id under push-id the app shows it twice/,
    build: () => ({ contentOf: ({ account }: Push) => ({ account }) }),
  },
  'counts in the content': {
    rule: names.contentPure,
    told: /asked twice it tells two contents/,
    build: () => {
      const count = counting();
      return { contentOf: (push: Push) => ({ ...goodContent(push), badge: count() }) };
    },
  },
  'sets a Date of a push for its content': {
    rule: names.contentPure,
    told: /it changed a push/,
    build: () => ({
      contentOf: (push: Push) => {
        push.registeredAt.setTime(0);
        return goodContent(push);
      },
    }),
  },
  'tells the app its token': {
    rule: names.contentQuiet,
    told: /shows what is meant for the service alone.*the token/s,
    build: () => ({ contentOf: (push: Push) => ({ ...goodContent(push), to: push.token }) }),
  },
  'tells the app its key': {
    rule: names.contentQuiet,
    told: /shows what is meant for the service alone.*a secret/s,
    build: () => ({ contentOf: (push: Push) => ({ ...goodContent(push), key: Buffer.from(key).toString('base64') }) }),
  },
  'takes no address for its own': {
    rule: names.addressOwn,
    told: /does not take an address of its service/,
    build: () => ({ readAddress: () => undefined }),
  },
  'says of an address whose credentials they are in words of its own': {
    rule: names.addressOwn,
    told: /credentials: mine is none of ours, theirs/,
    build: () => ({ readAddress: () => ({ kind: 'address', token: 'a', credentials: 'mine' }) }),
  },
  'throws at what is no URL': {
    rule: names.addressAtOnce,
    told: /Invalid URL/,
    build: () => ({ readAddress: (text: string) => (new URL(text).host === 'acme.example' ? goodAddress(text) : undefined) }),
  },
  'looks an address up': {
    rule: names.addressAtOnce,
    told: /not a proper verdict on a text of \d+ characters.*a promise: nobody waits for it/s,
    build: () => ({ readAddress: async () => Promise.reject(new Error('not found')) }),
  },
  'sets a timer for an address': {
    rule: names.addressAtOnce,
    told: /must do no work for it.*Timeout, made/s,
    build: () => ({ readAddress: () => beginTimer() }),
  },
  'says null of what is none of its own': {
    rule: names.addressAtOnce,
    told: /null is neither a verdict nor undefined/,
    build: () => ({ readAddress: (text: string) => goodAddress(text) ?? null }),
  },
  'refuses an address that it has seen': {
    rule: names.addressSame,
    told: /was there before/,
    build: () => {
      const seen = new Set<string>();
      return { readAddress: (text: string) => (seen.has(text) ? { kind: 'refused', reason: 'was there before' } : void seen.add(text)) };
    },
  },
  'quotes the address that it refuses': {
    rule: names.addressQuiet,
    told: /the reason shows the address/,
    build: () => ({ readAddress: (text: string) => ({ kind: 'refused', reason: `is none of Acme: ${text}` }) }),
  },
  'promises advice': {
    rule: names.adviceAtOnce,
    told: /not a proper advice on "HTTP 403".*a promise: nobody waits for it/s,
    build: () => ({ advise: async () => Promise.resolve('wait') }),
  },
  'throws at a reason that it does not know': {
    rule: names.adviceAtOnce,
    told: /no idea/,
    build: () => ({ advise: (reason: string) => (reason === 'HTTP 403' ? 'renew the key' : fail()) }),
  },
  'finds advice in what every object has': {
    rule: names.adviceAtOnce,
    told: /not a proper advice on "constructor"/,
    build: () => ({ advise: (reason: string) => ({ 'HTTP 403': 'renew the key' })[reason] }),
  },
  'writes a letter': {
    rule: names.adviceAtOnce,
    told: /501 characters, at most 500 are shown/,
    build: () => ({ advise: () => 'x'.repeat(501) }),
  },
  'sets a timer for advice': {
    rule: names.adviceAtOnce,
    told: /must do no work for it.*Timeout, made/s,
    build: () => ({ advise: () => beginTimer() }),
  },
  'counts its advice': {
    rule: names.adviceSame,
    told: /renew the key, said \d/,
    build: () => {
      const count = counting();
      return { advise: () => `renew the key, said ${count()}` };
    },
  },
  'advises with its key': {
    rule: names.adviceSame,
    told: /the advice shows what must stay secret/,
    build: () => ({ advise: () => `is it ${key}?` }),
  },
};

function buildSubject(build: () => Members): ProviderUnderTest {
  const base: Provider = {
    push: () => Promise.resolve({ kind: 'rejected', reason: 'HTTP 403' }),
    status: () => ({ ready: true }),
    close: () => Promise.resolve(),
  };
  return {
    name: 'acme',
    provider: { default: () => ({ ...base, ...build() }) as Provider },
    openScene: () => ({
      options: {},
      secrets: [key],
      situations: {
        accepted: () => undefined,
        gone: 'none: it only refuses',
        rejected: () => undefined,
        retry: 'none: it only refuses',
        silent: 'none: it always answers',
      },
      received: () => 0,
    }),
    buildAddress: () => `https://acme.example/${'0f'.repeat(16)}`,
  };
}

describe('the kit notices a provider that', () => {
  for (const [name, { rule: title, told, build }] of Object.entries(broken))
    test(name, async (context) => {
      const rule = rules.find((one) => one.name === title);
      assert.ok(rule !== undefined, title);
      const trial = await Trial.open(context, buildSubject(build), new Verdict());
      await assert.rejects(rule.check(trial), (error) => told.test(String(error)));
    });
});

test('a provider that keeps every one of these rules passes, and each has one that breaks it', async (context) => {
  for (const rule of rules)
    await rule.check(
      await Trial.open(
        context,
        buildSubject(() => good),
        new Verdict(),
      ),
    );
  const noticed = new Set(Object.values(broken).map(({ rule }) => rule));
  assert.deepEqual(
    rules.map(({ name }) => name),
    [...noticed],
  );
});
