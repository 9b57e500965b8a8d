import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { createReadStream, stat } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Provider, ProviderTools } from '../../../src/index.ts';

const bug = (): never => {
  throw new Error('a secret in a message');
};

const throwsNothing: string = 'data:text/javascript,throw undefined';

/** Ways in which code fails after the call that started it has returned; the provider's name chooses one. */
export const lateFailures: Readonly<Record<string, (signal: AbortSignal) => unknown>> = {
  timer: () => setTimeout(bug, 1),
  immediate: () => setImmediate(bug),
  tick: () => process.nextTick(bug),
  microtask: () => queueMicrotask(bug),
  rejection: () => void Promise.reject(new Error('a secret in a message')),
  'async-function': () => void wait(1).then(bug),
  'no-error-at-all': () => void import(throwsNothing),
  emitter: () => setTimeout(() => new EventEmitter().emit('error', new Error('a secret in a message')), 1),
  'refused-connection': () => connect(1, '127.0.0.1'),
  'refused-session': () => connectHttp2('http://127.0.0.1:1'),
  'file-callback': () => stat('/', bug),
  'file-stream': () => createReadStream('/nonexistent'),
  'child-process': () => spawn('/nonexistent'),
  worker: () => new Worker('throw new Error("a secret in a message")', { eval: true }),
  'abort-listener': (signal) => signal.addEventListener('abort', bug),
};

/** Accepts every push and fails afterwards; `create` leaves a rejected promise behind, and `close` too. */
export default function create(_: unknown, { name }: ProviderTools): Provider {
  if (name === 'creation') void Promise.reject(new Error('a secret in a message'));
  return {
    async push(_push, signal) {
      lateFailures[name]?.(signal);
      return { kind: 'accepted' };
    },
    status: () => ({ ready: true }),
    close: async () => void Promise.reject(new Error('a secret in a message')),
  };
}
