// One stream of events that comes back by itself after a lost connection, and gives up only on a wrong token.
import { follow, Refusal } from './api.js';

const firstWaitMs = 1000;
const longestWaitMs = 15_000;

/** Follows until `stop()`. Tells `heard(event, data)`, `opened()`, `lost(error, waitMs)` and, where the token is refused, `refused(error)`. */
export function createLive(path, { heard, opened, lost, refused }) {
  const ended = new AbortController();
  let wake = () => undefined;
  const again = () => wake();
  window.addEventListener('online', again);
  run();
  return {
    stop() {
      ended.abort();
      window.removeEventListener('online', again);
      wake();
    },
  };

  async function run() {
    let waitMs = firstWaitMs;
    while (!ended.signal.aborted) {
      const error = await once(() => (waitMs = firstWaitMs));
      if (ended.signal.aborted) return;
      if (error instanceof Refusal && error.status === 401) return refused(error);
      const pause = Math.max(waitMs, (error?.retryAfter ?? 0) * 1000);
      lost(error, pause);
      await sleep(pause);
      waitMs = Math.min(2 * waitMs, longestWaitMs);
    }
  }

  async function once(reset) {
    let isOpen = false;
    try {
      await follow(path, {
        signal: ended.signal,
        heard(event, data) {
          if (!isOpen) {
            isOpen = true;
            reset();
            opened?.();
          }
          heard(event, data);
        },
      });
      return undefined;
    } catch (error) {
      return error;
    }
  }

  function sleep(ms) {
    return new Promise((resolve) => {
      wake = resolve;
      setTimeout(resolve, ms);
    });
  }
}
