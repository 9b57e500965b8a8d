import { execFile, execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensurePackages } from '../../../scripts/apt.ts';
import { giveTo, spawnTied } from '../../servers/daemon.ts';
import { createTestFolder } from './postgres.ts';
import { waitFor } from '../wait-for.ts';

const user = 'mysql';

/** A MariaDB of its own on a temporary folder, reached by its socket file. */
export interface MariaDb {
  /** Options that lead its programs there. */
  readonly options: readonly string[];
  run(...statements: string[]): Promise<void>;
  close(): Promise<void>;
}

/** The `skip` option of tests that need one; in CI nothing is skipped. */
export async function mariadbOrSkip(): Promise<string | false> {
  const result = await ensurePackages(['mariadb-server']);
  if (typeof result === 'string') return false;
  const reason = `needs ${result.missing.join(' ')}: ${result.reason}`;
  if (process.env['CI'] !== undefined) throw new Error(reason);
  process.stderr.write(`skipped: ${reason}\n`);
  return reason;
}

export async function startMariaDb(): Promise<MariaDb> {
  const folder = await createTestFolder();
  const [data, socket] = [join(folder, 'data'), join(folder, 's')];
  giveTo(user, folder);
  execFileSync('mariadb-install-db', ['--no-defaults', `--datadir=${data}`, `--user=${user}`, '--auth-root-authentication-method=normal'], {
    stdio: 'pipe',
  });
  const server = spawnTied(
    ['mariadbd', '--no-defaults', `--datadir=${data}`, `--socket=${socket}`, '--skip-networking', `--pid-file=${join(folder, 'pid')}`],
    user,
  );
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const exited = new Promise((resolve) => server.once('exit', resolve));
  const options = ['--no-defaults', `--socket=${socket}`, '--user=root'];
  const run = async (...statements: string[]): Promise<void> => {
    await promisify(execFile)('mariadb', [...options, '-e', statements.join('\n')]);
  };
  const isUp = () => {
    if (server.exitCode !== null) throw new Error(`mariadbd ended\n${said}`);
    return run('SELECT 1').then(
      () => true,
      () => false,
    );
  };
  await waitFor('MariaDB', isUp);
  return {
    options,
    run,
    close: async () => {
      server.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
