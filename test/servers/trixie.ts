import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { type EnsuredPackages, ensurePackages } from '../../scripts/apt.ts';
import { ejabberdPackages } from './ejabberd.ts';
import { prosodyPackages } from './prosody.ts';

/** Debian 13 in a folder, kept between runs: the present servers beside those of the distribution that this machine has. */
export const trixieRoot = process.env['REVEILLE_TEST_TRIXIE'] ?? '/var/cache/reveille-test/trixie';

const packages = [...prosodyPackages, ...ejabberdPackages];
const setUpTimeoutMs = 20 * 60_000;

// Whole or not at all: the folder gets its name when everything is in it. Nothing of it is started by its installation.
const script = `
root=$1; shift
part=$root.part
mkdir -p "$(dirname "$root")"
exec 9>"$root.lock"
flock --wait 1100 9
[ -e "$root/installed-by-reveille" ] && [ "$(cat "$root/installed-by-reveille")" = "$*" ] && exit 0
rm -rf --one-file-system "$part" "$root"
debootstrap --variant=minbase trixie "$part" >"$root.log" 2>&1
printf '#!/bin/sh\\nexit 101\\n' > "$part/usr/sbin/policy-rc.d"
chmod 755 "$part/usr/sbin/policy-rc.d"
chroot "$part" apt-get -qq -y --no-install-recommends install "$@" >>"$root.log" 2>&1
chroot "$part" apt-get clean
printf '%s' "$*" > "$part/installed-by-reveille"
mv "$part" "$root"
`;

/**
 * Sees to it that Debian 13 with Prosody and ejabberd is in its folder; a minute the first time, which alone needs the
 * network. Never rejects: what is missing is told with the reason.
 */
export async function ensureTrixie(root = trixieRoot): Promise<EnsuredPackages> {
  if (isThere(root)) return 'present';
  const missing = (reason: string) => ({ missing: [`Debian 13 in ${root}`], reason });
  if (process.getuid?.() !== 0) return missing('a root folder needs root');
  const tool = await ensurePackages(['debootstrap']);
  if (typeof tool !== 'string') return tool;
  process.stderr.write(`Putting Debian 13 with Prosody and ejabberd into ${root} (a minute or two) …\n`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  const failure = await promisify(execFile)('sh', ['-euc', script, 'sh', root, ...packages], {
    env: environment,
    timeout: setUpTimeoutMs,
  }).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message.split('\n').at(-1) : String(error)),
  );
  return failure === undefined && isThere(root) ? 'installed' : missing(`see ${root}.log (${failure ?? 'it holds other packages'})`);
}

function isThere(root: string): boolean {
  const marker = `${root}/installed-by-reveille`;
  return existsSync(marker) && readFileSync(marker, 'utf8') === packages.join(' ');
}
