import type { Log } from '../../log/log.ts';
import type { Alarm } from '../alarm.ts';
import type { Provider } from '../provider/provider.ts';

export interface CredentialWatchOptions {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly log: Log;
  readonly alarm: Alarm;
  readonly clock?: () => number;
}

const dayMs = 24 * 3_600_000;
/** Days before the end of a credential at which somebody is told, the last first; 0 is the end itself. */
const thresholds: readonly number[] = [0, 1, 3, 7, 14, 30];

interface Told {
  readonly expiresAt: number;
  readonly threshold: number;
}

/** Says in time that the credentials of a provider end: at each threshold once per credential, to log and administrators. */
export interface CredentialWatch {
  /** Looks at every provider's status now. */
  readonly check: () => void;
  /** Called by whoever created it. */
  readonly close: () => Promise<void>;
}

/** Checks at once and then once a day. What was told is forgotten when the program ends. */
export function createCredentialWatch(options: CredentialWatchOptions): CredentialWatch {
  const { providers, log, alarm, clock = Date.now } = options;
  const told = new Map<string, Told>();

  function checkOne(provider: string, expiresAt: number): void {
    const leftMs = expiresAt - clock();
    const threshold = thresholds.find((days) => leftMs <= days * dayMs);
    const before = told.get(provider);
    if (threshold === undefined || (before?.expiresAt === expiresAt && before.threshold <= threshold)) return;
    told.set(provider, { expiresAt, threshold });
    tell(provider, new Date(expiresAt).toISOString().slice(0, 10), Math.ceil(leftMs / dayMs));
  }

  function tell(provider: string, day: string, daysLeft: number): void {
    const fields = { provider, expiresAt: day };
    if (daysLeft <= 0) log.error('credential-expired', fields);
    else log.warn('credential-expires', { ...fields, daysLeft });
    alarm(buildText(provider, day, daysLeft));
  }

  function check(): void {
    for (const [provider, expiresAt] of readExpiries(providers, log)) checkOne(provider, expiresAt);
  }

  check();
  const timer = setInterval(check, dayMs).unref();
  return {
    check,
    close: () => {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

/** A third party's status may throw; the others are looked at all the same. */
function readExpiries(providers: ReadonlyMap<string, Provider>, log: Log): readonly (readonly [provider: string, expiresAt: number])[] {
  return [...providers].flatMap(([id, provider]) => {
    try {
      const { credentialExpiresAt } = provider.status();
      return credentialExpiresAt === undefined ? [] : [[id, credentialExpiresAt.getTime()] as const];
    } catch (error) {
      log.error('provider-failed', { provider: id, error });
      return [];
    }
  });
}

function buildText(provider: string, day: string, daysLeft: number): string {
  if (daysLeft <= 0) return `the credentials of provider "${provider}" ended on ${day}. Its pushes fail until they are renewed.`;
  const left = daysLeft === 1 ? 'within a day' : `in ${daysLeft} days`;
  return `the credentials of provider "${provider}" end ${left}, on ${day}. Renew them before that, or its pushes will fail.`;
}
