import { ensurePackages, type EnsuredPackages } from '../../../scripts/apt.ts';
import { type DebianRoot, ensureDebianRoot } from '../../helpers/debian-root.ts';
import { notHere } from '../built.ts';

const folder = '/var/cache/reveille-test';

/** As debootstrap leaves it: no systemd, no Node, nothing to reach the network with. */
export const bare: DebianRoot = { folder: `${folder}/bookworm`, name: 'Debian 12', suite: 'bookworm', packages: [] };

/** The same with systemd, so that it can be booted. */
export const bootable: DebianRoot = {
  folder: `${folder}/bookworm-systemd`,
  name: 'Debian 12 with systemd',
  suite: 'bookworm',
  packages: ['systemd-sysv'],
};

/** Makes namespaces, boots in them, judges packages. */
const tools = ['systemd-container', 'systemd', 'iproute2', 'lintian'];

/** The `skip` option of tests in a fresh Debian: false where they can run, else the reason, printed once. Where `CI` is set it rejects instead. */
export async function debianOrSkip(): Promise<string | false> {
  if (notHere !== false) return notHere;
  const missing = await findMissing();
  if (missing === undefined) return false;
  if (process.env['CI'] !== undefined) throw new Error(missing);
  process.stderr.write(`skipped: ${missing}\n`);
  return missing;
}

async function findMissing(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'a Debian of its own needs root';
  const results: EnsuredPackages[] = [await ensurePackages(tools)];
  for (const root of [bare, bootable]) results.push(await ensureDebianRoot(root));
  const result = results.find((each) => typeof each !== 'string');
  return result === undefined ? undefined : `needs ${result.missing.join(' ')}: ${result.reason}`;
}
