import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import type { TestContext } from 'node:test';
import type { Outcome, Provider, Push } from '../index.ts';
import { buildPush, buildToken } from './build-push.ts';
import { buildTools, recordConsole } from './judging/recording.ts';
import type { LogLine } from './log-line.ts';
import { faultsOfOutcome } from './judging/outcome-faults.ts';
import type { Arrange, ProviderUnderTest, Scene, SituationName } from './provider-under-test.ts';
import { ResourceWatch } from './judging/resource-watch.ts';
import { Secrets } from './judging/secrets.ts';
import { waitUntil } from '../base/wait-until.ts';
import { settled } from './settled.ts';
import type { Verdict } from './judging/verdict.ts';

const usualLimitMs = 20_000;
const never: AbortSignal = new AbortController().signal;

/** One test of one rule: a fresh scene, the providers made in it, and what they wrote. */
export class Trial {
  readonly context: TestContext;
  readonly subject: ProviderUnderTest;
  readonly scene: Scene;
  readonly secrets = new Secrets();
  readonly watch = new ResourceWatch();
  readonly limitMs: number;
  readonly #logged: LogLine[];
  readonly #open = new Set<Provider>();

  private constructor(context: TestContext, subject: ProviderUnderTest, scene: Scene, logged: LogLine[]) {
    this.context = context;
    this.subject = subject;
    this.scene = scene;
    this.limitMs = subject.limitMs ?? usualLimitMs;
    this.#logged = logged;
    for (const secret of scene.secrets) this.secrets.add('a secret', secret);
  }

  /** Ends by itself after the test; leaks then go to the verdict on the log. */
  static async open(context: TestContext, subject: ProviderUnderTest, verdict: Verdict): Promise<Trial> {
    const logged: LogLine[] = [];
    const trials: Trial[] = [];
    recordConsole(context, logged);
    // Before the hooks of the scene: a provider closes while its service is there.
    context.after(() => Promise.all(trials.map((trial) => trial.#end(verdict))));
    const trial = new Trial(context, subject, await subject.openScene(context, logged), logged);
    trials.push(trial);
    return trial;
  }

  /** A provider on these options; closed after the test unless the test closed it. */
  async create(options: unknown = this.scene.options): Promise<Provider> {
    const tools = buildTools(this.subject.name, this.#logged, (path) => resolve(this.scene.folder ?? '.', path));
    const { default: create } = this.subject.provider;
    const provider = await settled(
      this.watch.run(() => create(options, tools)),
      'create',
      this.limitMs,
    );
    this.#open.add(provider);
    return provider;
  }

  buildPush(notification?: Partial<Push['notification']>, overrides: Partial<Push> = {}): Push {
    return buildPush(notification, { token: this.buildToken(), ...overrides });
  }

  buildToken(): string {
    return this.subject.buildToken?.() ?? buildToken();
  }

  /** Settles with the outcome; rejects where the provider does, or takes too long. May be awaited late. */
  push(provider: Provider, push: Push, signal: AbortSignal = never): Promise<Outcome> {
    this.secrets.addPush(push);
    const begun = this.watch.run(() => new Promise<Outcome>((resolve) => resolve(provider.push(push, signal))));
    const outcome = settled(begun, 'push', this.limitMs);
    // A rule that fails before it looks at the outcome has said enough.
    outcome.catch(() => undefined);
    return outcome;
  }

  async close(provider: Provider): Promise<void> {
    this.#open.delete(provider);
    await settled(
      this.watch.run(() => provider.close()),
      'close',
      this.limitMs,
    );
  }

  /** Puts the service into a situation for these pushes. False, with the test marked as skipped, where there is none. */
  async arrange(name: SituationName, ...pushes: readonly Push[]): Promise<boolean> {
    const situation = this.scene.situations[name] as Arrange | string | undefined;
    if (typeof situation !== 'function') {
      assert.match(situation ?? '', /^none: ./, `situations.${name} has to be a function, or 'none: ' and the reason`);
      this.context.skip(situation);
      return false;
    }
    for (const { token, secondToken } of pushes) {
      await situation(token);
      if (secondToken !== undefined) await situation(secondToken);
    }
    return true;
  }

  /** Fails unless it is a proper outcome of one of these kinds and shows no secret. */
  expect(outcome: Outcome, kinds: readonly Outcome['kind'][], what: string): void {
    assert.deepEqual(faultsOfOutcome(outcome), [], `${what}: not a proper outcome`);
    assert.deepEqual(this.secrets.findIn(outcome), [], `${what}: the outcome shows what must stay secret`);
    const told = 'reason' in outcome ? ` (${outcome.reason})` : '';
    assert.ok(kinds.includes(outcome.kind), `${what}: expected ${kinds.join(' or ')}, got ${outcome.kind}${told}`);
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    assert.ok(await waitUntil(condition, this.limitMs), `not within ${this.limitMs} ms: ${what}`);
  }

  async #end(verdict: Verdict): Promise<void> {
    this.watch.stop();
    // The rules on closing say what is wrong with it; here it is only tidied up.
    await Promise.allSettled([...this.#open].map((provider) => settled(provider.close(), 'close', this.limitMs)));
    verdict.readLog(this.#logged, this.secrets);
  }
}
