import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from './postgres.ts';

export const fixtureFolder = join(import.meta.dirname, '../../fixtures/schemas');

/** What stands for `database.key` and for the component's secret in the fixtures; the latter is that of the tests' XMPP server. */
export const fixtureKey = Buffer.from('a key of nobody, for fixtures on');
export const fixtureSecret = 'a-secret';

interface Waiting {
  readonly node: string;
  readonly body: string;
}

export interface ToldDevice {
  readonly node: string;
  readonly owner: string;
  readonly provider: string;
  readonly token: string;
  readonly secondToken?: string;
  readonly secret?: string;
  readonly behind?: string;
}

/** What the program that made a fixture answered, in JSON: dates are texts, what was undefined is absent. */
export interface Told {
  readonly schema: number;
  readonly devices: readonly ToldDevice[];
  readonly credential?: { readonly provider: string; readonly content: string };
  readonly deferred?: { readonly due: Waiting; readonly leased: Waiting; readonly late: Pick<Waiting, 'node'> } | undefined;
}

export interface SchemaFixture {
  readonly told: Told;
  /** Makes an empty database one that the old program left. */
  load(url: string): Promise<void>;
}

/** The path of a fixture without its ending. */
export function nameFixture(schema: number): string {
  return join(fixtureFolder, String(schema).padStart(4, '0'));
}

/** Throws, saying how to make it, where there is none. */
export function readFixture(schema: number): SchemaFixture {
  const file = nameFixture(schema);
  if (!existsSync(`${file}.sql`)) {
    throw new Error(
      `there is no ${file}.sql, a database of schema ${schema} for the tests of upgrades. Once the migration is as it will be ` +
        'released, make it: node scripts/run.mjs scripts/schema-fixture.ts (and commit both files)',
    );
  }
  const told = JSON.parse(readFileSync(`${file}.json`, 'utf8')) as Told;
  const sql = readFileSync(`${file}.sql`, 'utf8');
  return { told, load: (url) => ask(url, sql).then(() => undefined) };
}
