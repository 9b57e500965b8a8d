import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildBash } from './bash.ts';
import { describeCommands } from './describe.ts';
import { buildFish } from './fish.ts';
import { buildManPage } from './man-page.ts';
import { buildZsh } from './zsh.ts';

/** Writes manual page and completions below `share`, in the folders in which systems look for them. */
export async function writeManual(root: string, share: string, version: string, epochSeconds: number): Promise<void> {
  const commands = await describeCommands(root);
  const files: Readonly<Record<string, string>> = {
    'man/man1/reveille.1': buildManPage(commands, version, epochSeconds),
    'bash-completion/completions/reveille': buildBash(commands),
    'zsh/site-functions/_reveille': buildZsh(commands),
    'fish/vendor_completions.d/reveille.fish': buildFish(commands),
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(share, name)), { recursive: true });
    await writeFile(join(share, name), content);
  }
}
