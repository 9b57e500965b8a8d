import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Outcome } from '../../../src/index.ts';
import { buildPush } from '../../providers/kit.ts';
import type { Subject, Target } from '../target.ts';
import { inputs, type AnswersInput } from './inputs.ts';
import { checkOutcome, checkWords } from './promise.ts';
import { createSenders, type Sender } from './senders.ts';
import { openService, type Script, type Service } from './service.ts';

/** A push lives so long, and the provider is told to stop then; whatever is said, there is an outcome soon after. */
const lifeMs = 3_000;
const limitMs = 30_000;
/** A provider may be asked to wait; it must be of use again by then, unless it was told to wait longer. */
const recoverMs = 60_000;
const longestWaitMs = 5_000;
const mostHeapBytes = 600_000_000;

/** What push services answer, through the real providers behind their guard. */
export const target: Target<AnswersInput> = { name: 'answers', inputs, open: () => AnswersSubject.open() };

/** A provider with the service it talks to. */
interface Scene {
  readonly service: Service;
  readonly sender: Sender;
  readonly close: () => Promise<void>;
}

class AnswersSubject implements Subject<AnswersInput> {
  readonly outcomes = new Map<string, number>();
  readonly #senders = createSenders();
  readonly #stray: string[] = [];
  readonly #note = (error: unknown) => void this.#stray.push(inspect(error));
  #shared: Readonly<Record<'apns' | 'fcm', Scene>> | undefined;
  #fed = 0;

  static async open(): Promise<AnswersSubject> {
    const subject = new AnswersSubject();
    process.on('unhandledRejection', subject.#note).on('uncaughtException', subject.#note);
    subject.#shared = { apns: await subject.#openScene('apns', '0'), fcm: await subject.#openScene('fcm', '0') };
    return subject;
  }

  async feed(input: AnswersInput): Promise<void> {
    this.#fed += 1;
    const number = String(this.#fed);
    const shared = isOfOneStream(input) ? this.#shared?.[input.service] : undefined;
    const scene = shared ?? (await this.#openScene(input.service, number, input));
    try {
      await this.#push(scene, input, number);
    } finally {
      scene.service.scripts.delete(number);
      if (shared === undefined) await scene.close();
    }
    const [stray] = this.#stray.splice(0);
    if (stray !== undefined) throw new Error(`an error that nobody caught: ${stray}`);
  }

  async close(): Promise<void> {
    process.off('unhandledRejection', this.#note).off('uncaughtException', this.#note);
    for (const { close } of Object.values(this.#shared ?? {})) await close();
    this.#senders.close();
    const { heapUsed } = process.memoryUsage();
    if (heapUsed > mostHeapBytes) throw new Error(`${heapUsed} bytes of heap in use in the end`);
  }

  async #push({ service, sender }: Scene, { service: name, answers, token }: AnswersInput, number: string): Promise<void> {
    const script = { ...buildScript(number, name), answers: [...answers], token };
    service.scripts.set(number, script);
    const outcome = await pushOnce(sender, number, script.deviceToken);
    this.outcomes.set(outcome.kind, (this.outcomes.get(outcome.kind) ?? 0) + 1);
    checkOutcome(outcome, name, script);
    checkWords(sender, script);
    script.answers.length = 0;
    await recover(sender, number, name);
    checkWords(sender, script);
  }

  async #openScene(name: 'apns' | 'fcm', number: string, { greeting, token }: Partial<AnswersInput> = {}): Promise<Scene> {
    const service = await openService(greeting);
    // The access token may be asked for on behalf of any input: the account has a script of its own.
    if (name === 'fcm' && number === '0') service.scripts.set(number, { ...buildScript(number, name), answers: [], token });
    const sender = await this.#senders.open(name, service.origin, number);
    const close = async () => {
      // The guard's limit for closing is short, and the provider waits longer for what is under way.
      await sender.provider.close().catch(() => undefined);
      service.close();
    };
    return { service, sender, close };
  }
}

/** Anything else would disturb the requests of other inputs on the same connection. */
function isOfOneStream({ answers, token, greeting }: AnswersInput): boolean {
  return token === undefined && greeting === undefined && answers.every(({ kind }) => kind !== 'frames');
}

function buildScript(number: string, service: 'apns' | 'fcm'): Omit<Script, 'answers' | 'token'> {
  const random = randomBytes(32).toString('hex');
  return {
    given: [],
    deviceToken: service === 'apns' ? random : `fuzz-${number}-${random}`,
    accessToken: `ya29.${randomBytes(24).toString('hex')}`,
  };
}

async function pushOnce({ provider }: Sender, number: string, token: string): Promise<Outcome> {
  const push = buildPush(
    { messageCount: 1, sender: 'bob@example.org', body: 'x' },
    { token, account: `fuzz-${number}-@example.org`, expiresAt: new Date(Date.now() + lifeMs) },
  );
  const late = new AbortController();
  const pushed = provider.push(push, AbortSignal.timeout(lifeMs));
  try {
    return await Promise.race([
      pushed,
      sleep(limitMs, undefined, { signal: late.signal }).then(() => Promise.reject(new Error('a push did not settle'))),
    ]);
  } finally {
    late.abort();
  }
}

/** Answered well from now on, the provider works. */
async function recover(sender: Sender, number: string, service: 'apns' | 'fcm'): Promise<void> {
  const limit = performance.now() + recoverMs;
  for (;;) {
    const outcome = await pushOnce(sender, number, buildScript(number, service).deviceToken);
    if (outcome.kind === 'accepted') return;
    const afterMs = outcome.kind === 'retry' ? (outcome.afterMs ?? 50) : 50;
    if (afterMs > longestWaitMs) return;
    if (performance.now() > limit) throw new Error(`no good answer makes it accept a push: ${JSON.stringify(outcome)}`);
    await sleep(afterMs);
  }
}
