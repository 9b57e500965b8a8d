import type { Provider } from '../../../src/index.ts';

/** Throws wherever it can, every other push before it returns a promise, with all it knows in the message. */
export default function create(): Provider {
  let pushes = 0;
  const fail = (what: string) => {
    throw new Error(`can't ${what}`);
  };
  return {
    push(push) {
      pushes += 1;
      const error = new Error(`POST https://push.test/${encodeURIComponent(push.token)} failed: ${JSON.stringify(push)}`);
      if (pushes % 2 === 0) throw error;
      return Promise.reject(error);
    },
    status: () => fail('tell'),
    close: () => fail('close'),
  };
}
