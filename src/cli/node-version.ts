import type { Output } from './run.ts';

/** As `engines` of package.json, which npm only warns about. */
const oldestMajor = 24;

/**
 * On a Node.js that is too old, says so in one line and returns the exit code; otherwise the program would fail anywhere.
 * Written so that a Node.js of 2020 reads it: distributions still bring such.
 */
export function refuseOldNode(version: string, output: Pick<Output, 'err'>): 1 | undefined {
  if (Number.parseInt(version, 10) >= oldestMajor) return undefined;
  output.err(
    `reveille: Node.js ${oldestMajor} or newer is needed, this is ${version}: install one, or take an archive, Debian package or ` +
      'container image of Reveille, which bring their own (docs/installation.md)\n',
  );
  return 1;
}
