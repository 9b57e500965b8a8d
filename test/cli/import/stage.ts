import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLog } from '../../../src/log/log.ts';
import { type OpenRegistry, openRegistry } from '../../../src/registry/open.ts';
import { apns, fcm, push, startTestApp, type TestApp } from '../../helpers/app.ts';
import { ask, createTestDatabase, createTestFolder } from '../../helpers/database/postgres.ts';
import { type Ended, reveille } from '../reveille.ts';
import { showSecret } from '../../handlers/publishes.ts';

export const slow = { timeout: 180_000 };
const provider = new URL('../../helpers/scripted-provider.ts', import.meta.url).pathname;
const providers = { apns, fcm };
const dialects = { p2: providers, modPushAppserver: { ...providers, http: true } };

/** A database, a configuration on it, and the files of another app server. */
export interface Stage {
  readonly folder: string;
  readonly config: string;
  readonly url: string;
  /** Puts a file there and returns its path. */
  place(name: string, content: string | Buffer): Promise<string>;
  /** `reveille import` with this configuration. */
  run(...args: string[]): Promise<Ended>;
  /** All of the table of devices, but for when they were of use. */
  rows(): Promise<readonly Record<string, unknown>[]>;
  /** Digests of all other tables. */
  others(): Promise<unknown>;
  withApp<T>(work: (app: TestApp) => Promise<T>): Promise<T>;
  withRegistry<T>(work: (registry: OpenRegistry) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export async function createStage(): Promise<Stage> {
  const database = await createTestDatabase();
  const folder = await createTestFolder();
  const config = join(folder, 'reveille.toml');
  await writeFile(
    config,
    `[component]\njid = "${push}"\nsecret = "a-secret"\n[database]\nurl = "${database.url}"
[providers."${apns}"]\nuse = "${provider}"\n[providers."${fcm}"]\nuse = "${provider}"
[dialects]\np2 = { apns = "${apns}", fcm = "${fcm}" }\nmod_push_appserver = { apns = "${apns}", fcm = "${fcm}", http = true }\n`,
  );
  const { url } = database;
  await (await open(url)).close();
  return {
    folder,
    config,
    url,
    place: async (name, content) => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
    run: (...args) => reveille(['import', '--config', config, ...args]),
    rows: () => ask(url, 'SELECT * FROM devices ORDER BY node'),
    others: () =>
      ask(
        url,
        `SELECT (SELECT md5(string_agg(c::text, '')) FROM credentials c) AS credentials,
          (SELECT md5(string_agg(d::text, '')) FROM deferred d) AS deferred, (SELECT md5(string_agg(p::text, '')) FROM proofs p) AS proofs`,
      ),
    withApp: async (work) => {
      const app = await startTestApp({ database: { url }, dialects });
      try {
        return await work(app);
      } finally {
        await app.close();
      }
    },
    withRegistry: async (work) => {
      const registry = await open(url);
      try {
        return await work(registry);
      } finally {
        await registry.close();
      }
    },
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function open(url: string): Promise<OpenRegistry> {
  return openRegistry({ url, dataDir: '/nonexistent', devicesPerOwner: 25, key: Buffer.alloc(32, 7) }, createLog('silent'));
}

let counter = 0;

/** A server's publish; settles with `result`, or with the condition of the error. */
export async function publish(app: TestApp, node: string, secret: string | undefined, from = 'example.net'): Promise<string> {
  counter += 1;
  const answer = await app.ask(
    `<iq type='set' id='p${counter}' from='${from}' to='${push}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>` +
      `<publish node='${node}'><item><notification xmlns='urn:xmpp:push:0'><x xmlns='jabber:x:data' type='submit'>` +
      `<field var='FORM_TYPE'><value>urn:xmpp:push:summary</value></field><field var='last-message-body'><value>hi</value></field></x>` +
      `</notification></item></publish>${showSecret(secret)}</pubsub></iq>`,
  );
  return answer.includes('type="result"')
    ? 'result'
    : (/<([a-z-]+) xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/.exec(answer)?.[1] ?? answer);
}

/** As p2 and the apps of its clients compute it. */
export function hash(...parts: string[]): string {
  return createHash('sha1').update(parts.join('\0')).digest('hex');
}

/** p2's own words. */
export const createTarget =
  "create table if not exists target(service char(4), device CHAR(40) NOT NULL, channel CHAR(40) NOT NULL DEFAULT '', domain varchar(253), token varchar(255), node char(12), secret char(24), primary key(device, channel), index nodeDomain (node,domain));";

export interface Target {
  readonly service: string;
  readonly device: string;
  readonly channel?: string;
  readonly domain: string;
  readonly token: string;
  readonly node: string;
  readonly secret: string;
}

/** As mysqldump writes p2's table. */
export function dumpTargets(targets: readonly Target[], rowsPerStatement = 1000): string {
  const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\0', '\\0')}'`;
  const row = ({ service, device, channel = '', domain, token, node, secret }: Target): string =>
    `(${[service, device, channel, domain, token, node, secret].map(quote).join(',')})`;
  const statements: string[] = [];
  for (let at = 0; at < targets.length; at += rowsPerStatement)
    statements.push(
      `INSERT INTO \`target\` VALUES ${targets
        .slice(at, at + rowsPerStatement)
        .map(row)
        .join(',\n')};\n`,
    );
  return `-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: p2
/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS \`target\`;
CREATE TABLE \`target\` (
  \`service\` char(4) DEFAULT NULL,
  \`device\` char(40) NOT NULL,
  \`channel\` char(40) NOT NULL DEFAULT '',
  \`domain\` varchar(253) DEFAULT NULL,
  \`token\` varchar(255) DEFAULT NULL,
  \`node\` char(12) DEFAULT NULL,
  \`secret\` char(24) DEFAULT NULL,
  PRIMARY KEY (\`device\`,\`channel\`),
  KEY \`nodeDomain\` (\`node\`,\`domain\`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
LOCK TABLES \`target\` WRITE;
${statements.join('')}UNLOCK TABLES;
-- Dump completed on 2026-11-30 12:00:00
`;
}

/** Many phones of p2, the n-th always the same. */
export function buildTargets(count: number): Target[] {
  return Array.from({ length: count }, (_, n) => ({
    service: n % 5 === 0 ? 'apns' : 'fcm',
    device: hash(`user${n}@example.net`, `device${n}`),
    domain: 'example.net',
    token: n % 5 === 0 ? createHash('sha256').update(`${n}`).digest('hex') : `accept-${n}:APA91b${hash(`${n}`)}`,
    node: Buffer.from(hash(`node${n}`).slice(0, 18), 'hex').toString('base64'),
    secret: Buffer.from(hash(`secret${n}`).slice(0, 36), 'hex').toString('base64'),
  }));
}
