import { z } from 'zod';

/** What a running Reveille says of itself; each part is `ok`, or says in words why it is not. */
export interface Serving {
  readonly component: string;
  readonly database: string;
  readonly providers: Readonly<Record<string, string>>;
  /** Why the credentials of a provider are doubted. */
  readonly doubts: Readonly<Record<string, string>>;
}

const readiness = z.object({
  status: z.enum(['ready', 'not ready']),
  component: z.string(),
  database: z.string(),
  providers: z.record(z.string(), z.string()),
  doubts: z.record(z.string(), z.string()).default({}),
});

/** What `/readyz` answers at this address; undefined where it is not the answer of a Reveille. Never rejects. */
export async function readReadiness(url: string, signal: AbortSignal): Promise<Serving | undefined> {
  try {
    const response = await fetch(url, { signal, redirect: 'error' });
    const parsed = readiness.safeParse(await response.json());
    return parsed.success ? parsed.data : undefined;
  } catch {
    // Not HTTP, not JSON, or silent: not a Reveille.
    return undefined;
  }
}
