import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { emptyNotification, type Notification, type ProviderTools, type Push } from '../../src/index.ts';

export const never = new AbortController().signal;

/** A temporary folder, gone after the test. */
export function createFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function writeInto(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

export interface Captured {
  readonly tools: ProviderTools;
  /** Everything that was logged, as text. */
  text(): string;
}

export function captureTools(folder: string): Captured {
  const lines: string[] = [];
  const line =
    (level: string) =>
    (event: string, fields = {}) =>
      void lines.push(JSON.stringify({ level, event, ...fields }));
  const log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  return { tools: { name: 'apns', log, resolvePath: (path) => join(folder, path) }, text: () => lines.join('\n') };
}

export function randomToken(): string {
  return randomBytes(32).toString('hex');
}

export function buildPush(notification: Partial<Notification>, overrides: Partial<Push> = {}): Push {
  return {
    id: randomUUID(),
    account: 'anna@example.org',
    token: randomToken(),
    secondToken: undefined,
    registeredAt: new Date(),
    remembered: undefined,
    expiresAt: new Date(Date.now() + 600_000),
    notification: { ...emptyNotification, ...notification },
    ...overrides,
  };
}

/** How many of each. */
export function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
