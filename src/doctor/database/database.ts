// Room: the database as serve would use it. In: a configuration. Out: steps. May enter: doctor.
import type { Config } from '../../config/config.ts';
import type { Log } from '../../log/log.ts';
import type { Database } from '../../registry/postgres/database.ts';
import { openDatabase } from '../../registry/open.ts';
import type { Tell } from '../chapter.ts';
import { explainDatabase } from './trouble.ts';
import { examineFolder, examineSpace } from './data-folder.ts';
import { findCluster, openRunning } from './embedded.ts';
import { limitSignal, untilAborted } from '../../base/limit.ts';
import { examineMigrations } from './migrations.ts';
import { examineRights, readRights } from './rights.ts';
import { skip, type StepResult } from '../step.ts';

/** After a crash the embedded server first replays its log. */
const openLimitMs = 60_000;

type Options = Config['database'];

/** Reads what others want to know of a database whose tables may be used. */
export type Look = (database: Database) => Promise<void>;

/** Data folder or server, rights and migrations. Changes nothing, and leaves the server of a running Reveille alone. */
export async function examineDatabase(options: Options, look: Look, log: Log, signal: AbortSignal, tell: Tell): Promise<void> {
  if (options.url === undefined && !(await examineEmbedded(options, tell))) return;
  const limit = limitSignal(signal, openLimitMs);
  const where = options.url === undefined ? `the embedded PostgreSQL in ${options.dataDir}` : describeUrl(options.url);
  let database: Database | undefined;
  try {
    const opening = open(options, log);
    database = await untilAborted(opening, limit).catch((error: unknown) => {
      // Where it opens after all it must be closed again.
      void opening.then((late) => late.close()).catch(() => undefined);
      throw error;
    });
    const rights = await readRights(database);
    tell('database: connection', { verdict: 'ok', tried: `ask ${where}`, found: `it answers, as user ${rights.role}` });
    tell('database: rights', examineRights(rights));
    tell('database: migrations', await examineMigrations(database, rights));
    if (rights.hasTables && rights.canUse) await look(database);
  } catch (error) {
    tell('database: connection', { verdict: 'failed', tried: `ask ${where}`, ...explainDatabase(error) });
    skipRest(tell, 'the database does not answer');
  } finally {
    await database?.close();
  }
}

/** False where nothing can or need be asked of the database itself. */
async function examineEmbedded({ dataDir }: Options, tell: Tell): Promise<boolean> {
  const folder = await examineFolder(dataDir);
  tell('database: data folder', folder);
  if (folder.verdict === 'failed') {
    tell('database: disk space', skip("the data folder can't be used"));
    skipAll(tell, "the data folder can't be used");
    return false;
  }
  const space = await examineSpace(dataDir);
  tell('database: disk space', space);
  if ((await findCluster(dataDir)) !== undefined) return true;
  skipAll(tell, 'the embedded PostgreSQL is made when Reveille starts for the first time');
  return false;
}

/** A server that runs is used where it is, neither adopted nor stopped; one that does not is started for a moment. */
async function open(options: Options, log: Log): Promise<Database> {
  const running = options.url === undefined ? await openRunning(options.dataDir, log) : undefined;
  return running ?? openDatabase(options, log);
}

function skipAll(tell: Tell, why: string): void {
  tell('database: connection', skip(why));
  skipRest(tell, why);
}

function skipRest(tell: Tell, why: string): void {
  const skipped: StepResult = skip(why);
  tell('database: rights', skipped);
  tell('database: migrations', skipped);
}

/** User, host and database of a URL, without the password. */
function describeUrl(text: string): string {
  if (!URL.canParse(text)) return 'the PostgreSQL of database.url';
  const url = new URL(text);
  const host = url.searchParams.get('host') ?? url.host;
  return `PostgreSQL at ${host}, database ${url.pathname.slice(1) || '(that of the user)'}`;
}
