import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A push as its service got it, in the service's own words. */
export interface Arrival {
  readonly account: unknown;
  readonly body: unknown;
  /** What tells the service how to deliver, by name. */
  readonly manner: Readonly<Record<string, string | number | undefined>>;
  /** What the app will read. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** How a push service is doing: it takes no connections, takes its time, refuses our credentials, or works. */
export type Condition = 'down' | 'slow' | 'refusing' | 'fine';

/** Slow enough to be seen in a chart, and in time for an answer. */
export const slowMs = 2_000;

/** A push service of the demo, and the provider by which Reveille reaches it. */
export interface PushService {
  readonly name: string;
  readonly origin: string;
  /** Provider id that its phones register under. */
  readonly provider: string;
  /** The provider's table in Reveille's configuration; the files it names are in the demo's folder. */
  readonly table: string;
  /** A token as the service would hand it to an app. */
  buildToken(): string;
  /** The accepted pushes for this token, oldest first. */
  pushesTo(token: string): readonly Arrival[];
  /** From now on every push is refused. */
  refuseAll(): void;
  /** What it does to every push from now on, in place of what it did. */
  become(condition: Condition): void;
  /** The app is deleted from the phone: its token is dead, and nobody but the service knows. */
  removeApp(token: string): void;
  /** Called by whoever started it. */
  close(): Promise<void>;
}

/** The app on both phones, and the server certificate's issuer in the demo's folder. */
export const app = 'org.example.app';
export const authorityFile = 'ca.pem';

/** Credentials are for Reveille's eyes only, sandbox or not. */
export function writePrivately(folder: string, name: string, content: string | Buffer): void {
  writeFileSync(join(folder, name), content, { mode: 0o600 });
}

/** A push as text: how it is to be delivered, then what is delivered. */
export function formatArrival({ manner, payload }: Arrival): string {
  const lines = Object.entries(manner).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return [...lines, JSON.stringify(payload, undefined, 2)].join('\n');
}
