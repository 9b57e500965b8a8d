import { connect } from 'node:net';
import { join } from 'node:path';
import { locateSocketFolder, socketName } from './socket-folder.ts';

const limitMs = 5_000;

/**
 * Rejects where a server answers on the folder's socket. Called where no such process can be seen: it then runs in another
 * container, where neither its number nor that of the lock's holder tells anything, and a second one would destroy the folder.
 */
export async function refuseServed(dataDir: string): Promise<void> {
  if (!(await isAnswered(join(locateSocketFolder(dataDir), socketName)))) return;
  throw new Error(
    `the database in ${dataDir} is in use from another container: ` +
      'run the command in that container (docker exec), stop that one, or give this one a database.data-dir of its own',
  );
}

function isAnswered(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(path);
  // One that does not even take the connection in that time has too much to do, and is there.
  socket.setTimeout(limitMs, () => resolve(true));
  socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
