import { ensurePackages } from '../../scripts/apt.ts';

export const clientPackages = ['python3-slixmpp'];

/**
 * The `skip` option of tests that need these Debian packages (and the test client's): false once they are installed, else
 * the reason, printed once. Where `CI` is set nothing may be skipped in silence: then it rejects.
 */
export async function serverOrSkip(packages: readonly string[]): Promise<string | false> {
  const result = await ensurePackages([...packages, ...clientPackages]);
  if (typeof result === 'string') return false;
  const reason = `needs ${result.missing.join(' ')}: ${result.reason}`;
  if (process.env['CI'] !== undefined) throw new Error(reason);
  process.stderr.write(`skipped: ${reason}\n`);
  return reason;
}
