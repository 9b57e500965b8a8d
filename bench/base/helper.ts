import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const answerLimitMs = 120_000;

/** What a helper process can be asked to do; each settles with plain data. */
type Commands = Readonly<Record<string, (argument: never) => unknown>>;

interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

/** One part of the bench in a process of its own. */
export interface Helper<C extends Commands> {
  readonly pid: number;
  /** Settles with the command's result; rejects with its error, or when the process ends or takes two minutes. */
  ask<K extends keyof C & string>(name: K, argument: Parameters<C[K]>[0]): Promise<Awaited<ReturnType<C[K]>>>;
  /** Settles when the process is gone. */
  close(): Promise<void>;
}

/** Starts the program at `url`, which must call `serveCommands`. Whoever starts it closes it. */
export function startHelper<C extends Commands>(url: URL): Helper<C> {
  const child = fork(fileURLToPath(url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const pending = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  child.on('message', (answer: Answer) => {
    pending.get(answer.id)?.(answer);
    pending.delete(answer.id);
  });
  child.on('exit', () => {
    for (const [id, settle] of pending) settle({ id, error: `the helper ${url.pathname} ended` });
  });
  return {
    pid: child.pid ?? 0,
    ask: async (name, argument) => {
      const id = (lastId += 1);
      const answered = new Promise<Answer>((resolve) => {
        pending.set(id, resolve);
        setTimeout(() => resolve({ id, error: `${name}: no answer in time` }), answerLimitMs).unref();
      });
      child.send({ id, name, argument } satisfies Call);
      const answer = await answered;
      if ('error' in answer) throw new Error(answer.error);
      return answer.value as never;
    },
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill();
      await exited;
    },
  };
}

/** The helper's side: answers what it is asked, and ends with the process that asked. */
export function serveCommands(commands: Commands): void {
  process.on('disconnect', () => process.exit());
  process.on('message', ({ id, name, argument }: Call) => void run(commands, name, argument).then((end) => process.send?.({ id, ...end })));
}

async function run(commands: Commands, name: string, argument: unknown): Promise<{ value: unknown } | { error: string }> {
  try {
    return { value: await commands[name]?.(argument as never) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
