// Room: reveille import: takes over from another app server. In: options. Out: devices in the database, a configuration, lines. May enter: cli.
import { resolve } from 'node:path';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/reading/load-config.ts';
import { type FoundRegistrations, SourceUnusable, type Surroundings } from '../../importing/found.ts';
import { openSource, type Source } from '../../importing/open-source.ts';
import { type Counts, transfer, type Watch } from '../../importing/transfer.ts';
import { createLog } from '../../log/log.ts';
import { type Imported, importDevices, type ImportedDevice } from '../../registry/devices/imported.ts';
import { openExisting, useTables } from '../../registry/open-existing.ts';
import { openDatabase } from '../../registry/open.ts';
import type { Database } from '../../registry/postgres/database.ts';
import { migrate } from '../../registry/postgres/migrate.ts';
import { listenForInterrupt } from '../signals.ts';
import { createLineWriter, type LineWriter } from '../line/write-lines.ts';
import { withProviders } from './load-checkers.ts';
import { type ImportOptions, parseImportOptions } from './options.ts';
import { placeDevice, type Placement } from './place-device.ts';
import { createRefusals, describeCounts, describeSharing } from './report.ts';
import { watchImport } from './watch.ts';
import { tellSettings } from './tell-settings.ts';

/** As a shell knows a program that Ctrl-C ended. */
const interruptedCode = 130;

/**
 * `reveille import`: takes registrations and configuration of another app server. Settles with 0, also where some can't be taken, with 130
 * where it was interrupted after a batch, and with 1 where the source is broken; what was taken until then stays, and the same again goes on.
 */
export async function importSource(args: readonly string[]): Promise<number> {
  const options = parseImportOptions(args);
  try {
    return await take(options);
  } catch (error) {
    if (!(error instanceof SourceUnusable)) throw error;
    process.stderr.write(`reveille import: ${error.message}\n`);
    return 1;
  }
}

async function take(options: ImportOptions): Promise<number> {
  const config = options.config === undefined ? undefined : loadConfig(options.config);
  const source = await openSource(options.from, options.sources, config && surroundingsOf(config));
  const writer = createLineWriter(process.stdout);
  await tellSettings(source.settings, options, config, writer);
  if (source.registrations.length === 0) {
    if (options.from === 'fpush') await writer.write(['fpush keeps no registrations: there is nothing more to take.']);
    return 0;
  }
  if (config === undefined) {
    await writer.write(['Registrations are taken in a second run, with --config and the configuration above.']);
    return 0;
  }
  return takeRegistrations(source, options, config, writer);
}

function surroundingsOf({ component, providers, limits }: Config): Surroundings {
  return { service: component.jid, providerIds: providers.map(({ id }) => id), devicesPerOwner: limits.devicesPerOwner };
}

async function takeRegistrations({ registrations }: Source, options: ImportOptions, config: Config, writer: LineWriter): Promise<number> {
  const log = createLog('warn', process.stderr);
  const interrupt = listenForInterrupt();
  return withProviders(config, log, async (checkToken) => {
    const placement: Placement = {
      from: options.from,
      dialects: config.dialects,
      providerIds: config.providers.map(({ id }) => id),
      checkToken,
    };
    if (!options.isDry) await survey(registrations, placement, interrupt);
    const database = options.isDry ? await openExisting(config.database, log) : await openMigrated(config, log);
    try {
      const run = (): Promise<number> => takeAll(registrations, { options, placement, database, interrupt, writer });
      return await (database === undefined ? run() : useTables(database, run));
    } finally {
      await database?.close();
    }
  });
}

async function openMigrated(config: Config, log: ReturnType<typeof createLog>): Promise<Database> {
  // Beside a running serve its embedded database is used, and is in order.
  const database = (await openExisting(config.database, log)) ?? (await openDatabase(config.database, log));
  try {
    await migrate(database, log);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** All of it is read before anything is written, so that a broken source changes nothing; a pipe can be read only once. */
async function survey(registrations: readonly FoundRegistrations[], placement: Placement, interrupt: AbortSignal): Promise<void> {
  const watch = watchImport('import: looking', () => undefined, interrupt);
  for (const part of registrations.filter(({ isRepeatable }) => isRepeatable))
    await transfer(part, { place: (found) => placeDevice(found, placement), write: takeNothing }, emptyCounts(), watch);
}

interface Run {
  readonly options: ImportOptions;
  readonly placement: Placement;
  /** Undefined where there is none yet, and none is to be made. */
  readonly database: Database | undefined;
  readonly interrupt: AbortSignal;
  readonly writer: LineWriter;
}

async function takeAll(registrations: readonly FoundRegistrations[], run: Run): Promise<number> {
  const { options, placement, database, interrupt, writer } = run;
  const counts = emptyCounts();
  const refusals = createRefusals();
  const watch: Watch = watchImport('import', (place, reason) => refusals.add(place, reason), interrupt);
  const write = (devices: readonly ImportedDevice[]): Promise<Imported> =>
    database === undefined ? takeNothing(devices) : importDevices(database, devices, options.isDry);
  const tell = (): Promise<void> => writer.write([describeCounts(counts, options.isDry), ...refusals.lines(), ...describeSharing(counts)]);
  try {
    for (const part of registrations) await transfer(part, { place: (found) => placeDevice(found, placement), write }, counts, watch);
  } catch (error) {
    await tell();
    if (error instanceof SourceUnusable && !options.isDry && counts.added > 0)
      await writer.write([
        'What was taken stays. Run the same command again with a source that is whole: it goes on where this one ended.',
      ]);
    throw error;
  }
  await tell();
  if (interrupt.aborted) {
    await writer.write(['Interrupted. What was taken stays; run the same command again, and it goes on where this one ended.']);
    return interruptedCode;
  }
  if (!options.isDry)
    await writer.write([`Next: end ${options.from}, and start reveille serve --config ${resolve(options.config ?? '')}.`]);
  return 0;
}

function emptyCounts(): Counts {
  return { read: 0, added: 0, present: 0, refused: 0, sharedNodes: 0, sharing: 0 };
}

/** A database that is not there yet has nothing, and takes everything. */
function takeNothing(devices: readonly ImportedDevice[]): Promise<Imported> {
  const places = new Map(devices.map((device, place) => [nameOf(device), place] as const).toReversed());
  return Promise.resolve({ added: new Set(places.values()), present: new Set() });
}

/** The same registration under the same name. */
function nameOf({ node, owner, provider, token, dialect }: ImportedDevice): string {
  return dialect === undefined ? `${owner}\n${provider}\n${token}` : node;
}
