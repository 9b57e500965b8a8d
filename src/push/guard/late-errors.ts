import { createLog, type Log } from '../../log/log.ts';
import { describeError } from './describe-error.ts';
import { Occasionally } from '../../log/occasionally.ts';
import { runAsOurselves, runningProvider } from './provider-context.ts';

const repeatMs = 60_000;
/** A shutdown in order takes ten seconds at the most. */
const orderlyEndMs = 15_000;

/**
 * Errors that nobody catches end the process, unless a provider's code is where they came from: then they are logged, and
 * the others go on. With `onFailure`, the first such error only calls it: whoever gave it drains and ends the process within 15 s. Rejected promises that nobody handles come here too. For the whole process, until it ends.
 */
export function surviveLateErrors(log: Log, onFailure?: () => void): void {
  let hasFailed = false;
  const reports = new Map<string, Occasionally>();
  process.on('uncaughtException', (error, origin) => {
    const provider = runningProvider();
    if (provider === undefined) {
      log.error('program-failed', { error });
      if (onFailure === undefined || hasFailed) return end(error);
      hasFailed = true;
      setTimeout(() => end(error), orderlyEndMs).unref();
      return onFailure();
    }
    let report = reports.get(provider);
    if (report === undefined) reports.set(provider, (report = new Occasionally(repeatMs)));
    const fields = { provider, call: origin, ...describeError(error) };
    report.run((passedOver) => runAsOurselves(() => log.error('provider-failed', { ...fields, passedOver })));
  });
}

/** What the runtime does where nobody listens, but without the fields of the error, which may quote what we were given. */
function end(error: unknown): never {
  createLog('error', process.stderr).error('program-failed', { error });
  process.exit(1);
}
