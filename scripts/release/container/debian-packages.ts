import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Platform } from '../platforms.ts';
import { runTool } from '../run-tool.ts';

/** Debian 13. */
const suite = 'trixie';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * What the program needs of a system: folders and its name, the C and C++ libraries, the shell that initdb starts programs by, and
 * a first process that passes signals on and takes in orphans. With gcc-14-base come the licences of libgcc and libstdc++.
 */
const needed = ['base-files', 'dash', 'gcc-14-base', 'libc6', 'libgcc-s1', 'libstdc++6', 'tini'] as const;

/**
 * Fetches the packages of Debian that an image for a platform begins with, or others, into `folder`, security updates included, and resolves
 * with their files, sorted. apt compares signatures and sums; it works on lists of its own, so that neither the release of this
 * system nor its processor matter.
 */
export async function fetchDebianPackages(
  platform: Platform,
  folder: string,
  names: readonly string[] = needed,
): Promise<readonly string[]> {
  const packages = join(folder, 'packages');
  for (const part of ['packages', 'lists/partial', 'cache/archives/partial']) await mkdir(join(folder, part), { recursive: true });
  await writeFile(join(folder, 'sources.list'), await listSources());
  const options = {
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(folder, 'cache'),
    'APT::Architecture': platform.debian,
    'APT::Architectures::': platform.debian,
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
  };
  const own = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  await runTool('apt-get', [...own, '-qq', '--error-on=any', 'update'], packages);
  await runTool('apt-get', [...own, '-qq', 'download', ...names], packages);
  return (await readdir(packages)).sort().map((file) => join(packages, file));
}

/** The places that this system has its own packages from have those of every release. */
async function listSources(): Promise<string> {
  const format = '$(LABEL) $(REPO_URI)';
  const targets = await runTool('apt-get', ['indextargets', '--format', format, 'Created-By: Packages', 'Origin: Debian']);
  const places = new Map(targets.split('\n').map((line) => line.split(' ') as [string, string]));
  const [main, security] = [places.get('Debian'), places.get('Debian-Security')];
  if (main === undefined || security === undefined) {
    throw new Error(
      'apt knows no packages of Debian and its security updates: images are made on Debian, after apt-get update; other steps need neither',
    );
  }
  const lines = [[main, suite] as const, [main, `${suite}-updates`] as const, [security, `${suite}-security`] as const];
  return lines.map(([place, name]) => `deb [signed-by=${keyring}] ${place} ${name} main\n`).join('');
}
