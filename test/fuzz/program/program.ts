import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDatabase, createTestFolder } from '../../helpers/database/postgres.ts';
import { Child } from './child.ts';
import { domain, type Connection } from './connection.ts';
import { ask, waitMs } from './exchange.ts';
import { buildToken, providers, startServices, type ProviderId } from './services.ts';
import { Server } from './server.ts';
import type { Tag } from './strict-reader.ts';

/** Inputs fed at the same time, each on a connection of its own. */
const connections = 16;
const devicesEach = 5;
const restartMs = 500;
/** Commands of administrators are taken from here. Nothing that is fed names `keeper`. */
export const admin = 'admin@localhost';
const keeper = 'keeper@localhost/desk';

/** A registration that nothing fed may end. */
export interface KeptDevice {
  readonly provider: ProviderId;
  readonly token: string;
  readonly node: string;
}

/** A real `reveille serve` with a database, push services that check what they get, and the XMPP server that it is attached to. */
export class Program {
  readonly componentSecret: string;
  readonly devices: KeptDevice[] = [];
  /** What the log and the process said that they never should, since the start. */
  readonly troubles: string[] = [];
  readonly outcomes = new Map<string, number>();
  readonly #server: Server;
  readonly #config: string;
  readonly #cleanUp: AsyncDisposableStack;
  #child: Child;
  #restart: NodeJS.Timeout | undefined;

  private constructor(server: Server, config: string, componentSecret: string, cleanUp: AsyncDisposableStack) {
    this.#server = server;
    this.#config = config;
    this.#cleanUp = cleanUp;
    this.componentSecret = componentSecret;
    this.#child = this.#start();
  }

  /** Settles when it is up and has its devices. Whoever creates it closes it. */
  static async create(): Promise<Program> {
    await using cleanUp = new AsyncDisposableStack();
    const folder = await createTestFolder();
    cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
    const database = await createTestDatabase();
    cleanUp.defer(() => database.close());
    const services = await startServices(folder);
    cleanUp.defer(() => services.close());
    const server = new Server();
    const port = await server.listen();
    cleanUp.defer(() => server.close());
    const secret = randomBytes(16).toString('hex');
    const config = join(folder, 'reveille.toml');
    writeFileSync(config, buildConfig(port, secret, database.url, services.tables));
    const program = new Program(server, config, secret, cleanUp.move());
    await program.#registerDevices();
    return program;
  }

  borrow(): Promise<Connection> {
    return this.#server.borrow(waitMs * 2);
  }

  giveBack(connection: Connection): void {
    this.#server.giveBack(connection);
  }

  count(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  /** Whether a publish of a healthy server is still answered with a result. */
  async publish(connection: Connection, node: string): Promise<boolean> {
    return (await ask(connection, (id) => buildPublish(id, node)))?.attributes['type'] === 'result';
  }

  /** The memory of the process, into the outcomes, the highest values that were seen. */
  async measure(): Promise<void> {
    const text = await (await fetch(`http://${this.#child.http ?? ''}/metrics`, { signal: AbortSignal.timeout(waitMs) })).text();
    for (const [metric, name] of Object.entries(memory)) {
      const mebibytes = Math.round(Number(new RegExp(`^${metric} (\\S+)`, 'm').exec(text)?.[1]) / 2 ** 20);
      this.outcomes.set(name, Math.max(this.outcomes.get(name) ?? 0, mebibytes));
    }
  }

  /** Rejects where one of these devices does not answer any more. */
  async close(kept: readonly KeptDevice[]): Promise<void> {
    try {
      await this.measure();
      const connection = await this.borrow();
      for (const { node, provider } of kept)
        if (!(await this.publish(connection, node))) throw new Error(`a registration for ${provider} is gone at the end`);
      this.giveBack(connection);
    } finally {
      for (const [event, count] of this.#child.warnings) this.outcomes.set(`warning ${event}`, count);
      clearTimeout(this.#restart);
      await this.#child.stop();
      await this.#cleanUp.disposeAsync();
    }
  }

  /** An end by itself is trouble, and is followed by a new start, as a service manager would. */
  #start(): Child {
    const child = new Child(this.#config);
    child.onTrouble = (what) => {
      this.troubles.push(what);
      if (what.startsWith('the program ended')) this.#restart = setTimeout(() => (this.#child = this.#start()), restartMs);
    };
    return child;
  }

  async #registerDevices(): Promise<void> {
    const connection = await this.borrow();
    for (const provider of providers.flatMap((id) => Array.from({ length: devicesEach }, () => id))) {
      const token = buildToken(provider);
      const node = nodeOf(await ask(connection, (id) => buildRegister(id, provider, token)));
      this.devices.push({ provider, token, node });
    }
    this.giveBack(connection);
  }
}

const memory = {
  process_resident_memory_bytes: 'MiB of resident memory at most',
  nodejs_heap_size_used_bytes: 'MiB of heap at most',
};

function buildConfig(port: number, secret: string, url: string, tables: string): string {
  return (
    `[component]\njid = "${domain}"\nserver = "127.0.0.1:${port}"\nsecret = "${secret}"\nconnections = ${connections}\nadmins = ["${admin}"]\n` +
    `[database]\nurl = ${JSON.stringify(url)}\nkey = "${randomBytes(32).toString('base64')}"\n[http]\nlisten = "127.0.0.1:0"\n` +
    `[delivery]\nanswer-within = "20s"\nupdate-interval = "0s"\n[limits]\nregistrations-per-minute = 100000\ndevices-per-owner = 1000\n${tables}`
  );
}

function buildRegister(id: string, provider: string, token: string): string {
  return (
    `<iq type='set' id='${id}' from='${keeper}' to='${domain}'><command xmlns='http://jabber.org/protocol/commands' node='register-device'>` +
    `<x xmlns='jabber:x:data' type='submit'><field var='provider'><value>${provider}</value></field>` +
    `<field var='device-token'><value>${token}</value></field></x></command></iq>`
  );
}

function buildPublish(id: string, node: string): string {
  return (
    `<iq type='set' id='${id}' from='localhost' to='${domain}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'>` +
    `<item><notification xmlns='urn:xmpp:push:0'/></item></publish></pubsub></iq>`
  );
}

function nodeOf(answer: Tag | undefined): string {
  const fields = answer?.children[0]?.children[0]?.children ?? [];
  const node = fields.find(({ attributes }) => attributes['var'] === 'node')?.children[0]?.text;
  if (node === undefined) throw new Error(`no node in ${JSON.stringify(answer)}`);
  return node;
}
