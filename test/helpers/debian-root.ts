import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { type EnsuredPackages, ensurePackages } from '../../scripts/apt.ts';

/** A Debian in a folder, kept between runs. */
export interface DebianRoot {
  readonly folder: string;
  /** As people call it. */
  readonly name: string;
  /** As Debian's archive calls it. */
  readonly suite: string;
  /** Besides the least that a Debian is (debootstrap's minbase). */
  readonly packages: readonly string[];
}

const setUpTimeoutMs = 20 * 60_000;

// Whole or not at all: the folder gets its name when everything is in it. Nothing of it is started by its installation.
const script = `
root=$1; suite=$2; shift 2
part=$root.part
mkdir -p "$(dirname "$root")"
exec 9>"$root.lock"
flock --wait 1100 9
[ -e "$root/installed-by-reveille" ] && [ "$(cat "$root/installed-by-reveille")" = "$*" ] && exit 0
rm -rf --one-file-system "$part" "$root"
debootstrap --variant=minbase "$suite" "$part" >"$root.log" 2>&1
printf '#!/bin/sh\\nexit 101\\n' > "$part/usr/sbin/policy-rc.d"
chmod 755 "$part/usr/sbin/policy-rc.d"
[ $# = 0 ] || chroot "$part" apt-get -qq -y --no-install-recommends install "$@" >>"$root.log" 2>&1
chroot "$part" apt-get clean
rm "$part/usr/sbin/policy-rc.d"
printf '%s' "$*" > "$part/installed-by-reveille"
mv "$part" "$root"
`;

/**
 * Sees to it that a Debian is in its folder; a minute the first time, which alone needs the network. Never rejects: what is
 * missing is told with the reason.
 */
export async function ensureDebianRoot(root: DebianRoot): Promise<EnsuredPackages> {
  const { folder, name, suite, packages } = root;
  if (isThere(root)) return 'present';
  const missing = (reason: string) => ({ missing: [`${name} in ${folder}`], reason });
  if (process.getuid?.() !== 0) return missing('a root folder needs root');
  const tool = await ensurePackages(['debootstrap']);
  if (typeof tool !== 'string') return tool;
  process.stderr.write(`Putting ${name} into ${folder} (a minute or two) …\n`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  const failure = await promisify(execFile)('sh', ['-euc', script, 'sh', folder, suite, ...packages], {
    env: environment,
    timeout: setUpTimeoutMs,
  }).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message.split('\n').at(-1) : String(error)),
  );
  return failure === undefined && isThere(root) ? 'installed' : missing(`see ${folder}.log (${failure ?? 'it holds other packages'})`);
}

function isThere({ folder, packages }: DebianRoot): boolean {
  const marker = `${folder}/installed-by-reveille`;
  return existsSync(marker) && readFileSync(marker, 'utf8') === packages.join(' ');
}
