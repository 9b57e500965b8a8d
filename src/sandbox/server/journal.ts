/** The accepted pushes, the last so many of them. */
export interface Journal<Push> {
  readonly pushes: readonly Push[];
  add(push: Push): void;
  /** The first push, past or future, that satisfies the predicate; rejects after the limit or when closed. */
  waitFor(predicate: (push: Push) => boolean, limitMs: number): Promise<Push>;
  close(): void;
}

interface Waiter<Push> {
  readonly predicate: (push: Push) => boolean;
  readonly resolve: (push: Push) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export function createJournal<Push>(kept: number): Journal<Push> {
  const pushes: Push[] = [];
  const waiters = new Set<Waiter<Push>>();
  const dismiss = (waiter: Waiter<Push>) => {
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
        const waiter: Waiter<Push> = { predicate, resolve, reject, timer };
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
