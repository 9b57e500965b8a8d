import { AsyncLocalStorage } from 'node:async_hooks';

/** A key, not a state: what the runtime carries along from a call to every callback, timer and promise that comes of it. */
const running = new AsyncLocalStorage<string | undefined>();

/** Runs `work` so that whatever comes of it, however late, can be traced back to this provider. Returns what `work` returns. */
export function runAsProvider<T>(provider: string, work: () => T): T {
  return running.run(provider, work);
}

/** The same for whoever often runs work of one provider: what the runtime carries along is made once, and not for each call. */
export function createProviderRunner(provider: string): <T>(work: () => T) => T {
  return running.run(provider, () => AsyncLocalStorage.snapshot());
}

/** Runs what is ours, though a provider called it: its failures are not the provider's. Returns what `work` returns. */
export function runAsOurselves<T>(work: () => T): T {
  return running.run(undefined, work);
}

/** The id of the provider whose code is running, or whose code started what is running; undefined where it is our own. */
export function runningProvider(): string | undefined {
  return running.getStore();
}
