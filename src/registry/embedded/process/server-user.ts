import { stat } from 'node:fs/promises';
import type { Log } from '../../../log/log.ts';
import { runProgram, type ServerUser } from './run-program.ts';

const ownUserName = 'reveille-postgres';
const limitMs = 20_000;

/** Undefined: as we ourselves. As root, the owner of an existing cluster, else `postgres`, else a system user made for it. */
export async function findServerUser(cluster: string, log: Log): Promise<ServerUser | undefined> {
  const owner = await stat(cluster).catch(() => undefined);
  const ownUid = process.getuid?.();
  if (ownUid !== 0) {
    if (owner === undefined || owner.uid === ownUid) return undefined;
    throw new Error(`${cluster} belongs to the user with uid ${owner.uid}: run Reveille as that user or as root, or give it the folder`);
  }
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await lookUp('postgres')) ?? (await lookUp(ownUserName)) ?? (await create(log));
}

async function lookUp(name: string): Promise<ServerUser | undefined> {
  const [uid, gid] = await Promise.all([askId('-u', name), askId('-g', name)]);
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

async function askId(option: string, name: string): Promise<number | undefined> {
  const { code, output } = await runProgram('id', [option, name], undefined, limitMs);
  return code === 0 ? Number(output) : undefined;
}

async function create(log: Log): Promise<ServerUser> {
  const options = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin'];
  const result = await runProgram('useradd', [...options, ownUserName], undefined, limitMs).catch((error: unknown) => ({
    output: String(error),
  }));
  const user = await lookUp(ownUserName);
  if (user === undefined) {
    throw new Error(
      `PostgreSQL does not run as root, and no user could be made for it (${result.output}): ` +
        'create a system user named postgres, run Reveille as an ordinary user, or set database.url',
    );
  }
  log.info('database-user-created', { systemUser: ownUserName });
  return user;
}
