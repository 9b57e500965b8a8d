/** An accepted push. */
export interface SandboxPush {
  readonly id: string;
  /** Device token, lower case. */
  readonly token: string;
  readonly topic: string;
  readonly pushType: string;
  readonly priority: number;
  /** Seconds since the epoch; undefined where the header was absent. */
  readonly expiration: number | undefined;
  readonly collapseId: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly bytes: number;
  /** Number of the connection it came over, counted from 1. */
  readonly connection: number;
  /** Serial number of the client's certificate, in hexadecimal; undefined with token authentication. */
  readonly certificateSerial: string | undefined;
}

/** The accepted pushes, the last so many of them. */
export interface Journal {
  readonly pushes: readonly SandboxPush[];
  add(push: SandboxPush): void;
  /** The first push, past or future, that satisfies the predicate; rejects after the limit or when closed. */
  waitFor(predicate: (push: SandboxPush) => boolean, limitMs: number): Promise<SandboxPush>;
  close(): void;
}

interface Waiter {
  readonly predicate: (push: SandboxPush) => boolean;
  readonly resolve: (push: SandboxPush) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export function createJournal(kept: number): Journal {
  const pushes: SandboxPush[] = [];
  const waiters = new Set<Waiter>();
  const dismiss = (waiter: Waiter) => {
    clearTimeout(waiter.timer);
    waiters.delete(waiter);
  };
  return {
    pushes,
    add(push) {
      pushes.push(push);
      // In blocks, so that a full journal costs no shift per push.
      if (pushes.length > 2 * kept) pushes.splice(0, pushes.length - kept);
      for (const waiter of waiters) {
        if (!waiter.predicate(push)) continue;
        dismiss(waiter);
        waiter.resolve(push);
      }
    },
    waitFor(predicate, limitMs) {
      const past = pushes.find(predicate);
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiters.delete(waiter);
          reject(new Error(`no such push within ${limitMs} ms; ${pushes.length} others came`));
        }, limitMs);
        const waiter: Waiter = { predicate, resolve, reject, timer };
        waiters.add(waiter);
      });
    },
    close() {
      for (const waiter of waiters) {
        dismiss(waiter);
        waiter.reject(new Error('the sandbox was closed'));
      }
    },
  };
}
