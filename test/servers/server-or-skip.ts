import { ensurePackages } from '../../scripts/apt.ts';
import { ensureTrixie } from './trixie.ts';

export const clientPackages = ['python3-slixmpp'];

/**
 * The `skip` option of tests that need these Debian packages (and the test client's), installed in this system or in the
 * root folder of Debian 13: false once they are there, else the reason, printed once. Where `CI` is set nothing may be skipped in silence: then it rejects.
 */
export async function serverOrSkip(packages: readonly string[], release: 'ours' | 'trixie' = 'ours'): Promise<string | false> {
  const results = [await ensurePackages([...(release === 'ours' ? packages : []), ...clientPackages])];
  if (release === 'trixie') results.push(await ensureTrixie());
  const result = results.find((each) => typeof each !== 'string');
  if (result === undefined) return false;
  const reason = `needs ${result.missing.join(' ')}: ${result.reason}`;
  if (process.env['CI'] !== undefined) throw new Error(reason);
  process.stderr.write(`skipped: ${reason}\n`);
  return reason;
}
