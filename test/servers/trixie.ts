import type { EnsuredPackages } from '../../scripts/apt.ts';
import { ensureDebianRoot } from '../helpers/debian-root.ts';
import { ejabberdPackages } from './ejabberd.ts';
import { prosodyPackages } from './prosody.ts';

/** Debian 13 in a folder: the present servers beside those of the distribution that this machine has. */
export const trixieRoot = process.env['REVEILLE_TEST_TRIXIE'] ?? '/var/cache/reveille-test/trixie';

const packages = [...prosodyPackages, ...ejabberdPackages];

/** Sees to it that Debian 13 with Prosody and ejabberd is there. Never rejects: what is missing is told with the reason. */
export function ensureTrixie(folder = trixieRoot): Promise<EnsuredPackages> {
  return ensureDebianRoot({ folder, name: 'Debian 13', suite: 'trixie', packages });
}
