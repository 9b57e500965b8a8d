import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

export type EnsuredPackages = 'present' | 'installed' | { readonly missing: readonly string[]; readonly reason: string };

const installTimeoutMs = 15 * 60_000;

// Services of freshly installed packages must not start: the tests run their own on free ports. A policy-rc.d that says so
// may exist already (containers bring one) and is then left as it is. The kernel gives the lock back if we are killed.
const installScript = `
trap 'exit 1' HUP INT TERM
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
apt-get -qq update || :
apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 install "$@"
`;

/**
 * Sees to it that these Debian packages are installed, installing what is missing where that is possible (root and
 * apt-get). Settles within a quarter of an hour; never rejects: what could not be installed is named with the reason.
 */
export async function ensurePackages(names: readonly string[]): Promise<EnsuredPackages> {
  const missing = await missingPackages(names);
  if (missing.length === 0) return 'present';
  const obstacle = whyNotInstallable();
  if (obstacle !== undefined) return { missing, reason: obstacle };
  process.stderr.write(`Installing Debian packages: ${missing.join(' ')} (a minute or two) …\n`);
  const failure = await install(missing);
  const still = await missingPackages(names);
  return still.length === 0 ? 'installed' : { missing: still, reason: failure ?? 'apt-get installed other packages only' };
}

async function missingPackages(names: readonly string[]): Promise<string[]> {
  const installed = new Set(await installedPackages(names));
  return names.filter((name) => !installed.has(name));
}

async function installedPackages(names: readonly string[]): Promise<string[]> {
  const output = await promisify(execFile)('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Package}\n', ...names], { timeout: 30_000 })
    .then(({ stdout }) => stdout)
    // It fails as soon as one name is unknown, but lists the others all the same.
    .catch((error: unknown) => (error instanceof Error && 'stdout' in error ? String(error.stdout) : ''));
  return output.split('\n').flatMap((line) => (line.startsWith('installed ') ? [line.slice('installed '.length)] : []));
}

function whyNotInstallable(): string | undefined {
  if (!existsSync('/usr/bin/apt-get')) return 'this system has no apt-get';
  if (process.getuid?.() !== 0) return 'installing packages needs root';
  return undefined;
}

/** What went wrong, or undefined. */
function install(names: readonly string[]): Promise<string | undefined> {
  const child = spawn('flock', ['--wait', '600', '/tmp/reveille-apt.lock', 'sh', '-euc', installScript, 'sh', ...names], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  // Its own process group, so that the time limit ends apt-get as well and not only flock.
  const timer = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGTERM'), installTimeoutMs);
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-2000)));
  return new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(code === 0 ? undefined : `apt-get failed (${String(code)}): ${complaints.trim()}`));
  }).finally(() => clearTimeout(timer));
}
