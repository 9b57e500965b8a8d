import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Provider } from '../../src/index.ts';

/** Where another process's pushes go: down while the folder has a file of that name, and each accepted push is a line. */
export const folderProvider = new URL(import.meta.url).pathname;

const files = (folder: string) => ({ down: join(folder, 'down'), accepted: join(folder, 'accepted') });

/** The tokens of the pushes that were accepted, oldest first. */
export function readAccepted(folder: string): readonly string[] {
  const { accepted } = files(folder);
  return existsSync(accepted) ? readFileSync(accepted, 'utf8').trimEnd().split('\n') : [];
}

export const downFile = (folder: string): string => files(folder).down;

export default function create(options: unknown): Provider {
  const { down, accepted } = files((options as { folder: string }).folder);
  return {
    push: async ({ token }) => {
      if (existsSync(down)) return { kind: 'retry', reason: 'ServiceUnavailable' };
      appendFileSync(accepted, `${token}\n`);
      return { kind: 'accepted' };
    },
    status: () => ({ ready: true }),
    close: async () => undefined,
  };
}
