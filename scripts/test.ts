import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { ejabberdPackages } from '../test/servers/ejabberd.ts';
import { prosodyPackages } from '../test/servers/prosody.ts';
import { clientPackages } from '../test/servers/server-or-skip.ts';
import { ensurePackages } from './apt.ts';

// `npm test`: the Debian packages that the tests use, once up front, then every test file, or those whose path contains
// one of the arguments. Arguments that begin with a dash go to the test runner.

const filesAtOnce = 2;
const fileTimeoutMs = 15 * 60_000;

const packages = await ensurePackages([
  ...prosodyPackages,
  ...ejabberdPackages,
  ...clientPackages,
  'postgresql',
  'nginx',
  'caddy',
  'prometheus',
  'libfaketime',
]);
if (typeof packages !== 'string') console.log(`Not installed: ${packages.missing.join(' ')} (${packages.reason})`);

const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const files = globSync('test/**/*.test.ts')
  .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
  .sort();

if (files.length === 0) {
  console.error(`No test file's path contains ${filters.join(' or ')}`);
  process.exitCode = 1;
} else {
  const fixed = ['--test', '--test-reporter=spec', `--test-concurrency=${filesAtOnce}`, `--test-timeout=${fileTimeoutMs}`];
  const runner = spawn(process.execPath, [...fixed, ...options, ...files], { stdio: 'inherit' });
  const [code] = (await once(runner, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}
