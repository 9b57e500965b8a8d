import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeVersion, type Platform } from '../platforms.ts';
import { runTool } from '../run-tool.ts';

/** Fetches Node for a platform by its npm package, compares its sum, and puts the program at `to`; resolves with its licences. */
export async function fetchNode(platform: Platform, work: string, to: string): Promise<string> {
  const spec = `node-${platform.name}@${nodeVersion}`;
  await mkdir(work, { recursive: true });
  await runTool('npm', ['pack', '--silent', '--prefer-offline', '--pack-destination', work, spec], work);
  const file = join(work, `node-${platform.name}-${nodeVersion}.tgz`);
  const found = `sha512-${createHash('sha512')
    .update(await readFile(file))
    .digest('base64')}`;
  if (found !== platform.integrity) {
    throw new Error(
      `${spec} is not the package that scripts/release/platforms.ts knows: its sum is ${found}, expected ${platform.integrity}`,
    );
  }
  await runTool('tar', ['-xzf', file, '-C', work, 'package/bin/node', 'package/LICENSE']);
  await copyFile(join(work, 'package/bin/node'), to);
  return readFile(join(work, 'package/LICENSE'), 'utf8');
}
