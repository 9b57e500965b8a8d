import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Peer } from '../load/peer.ts';
import { Link } from './link.ts';

const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** The kernel ends it, stopped or not, where this process dies without having cleaned up. */
const tie = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--'] : [];
const stopLimitMs = 30_000;
const restartMs = 1_000;
const upLimitMs = 120_000;
const lookMs = 20;

/** Time in which the instance, or our side of its link, did not run. */
interface Stall {
  readonly from: number;
  to: number;
}

let links = 0;

/** One `reveille serve` and the port of the XMPP server that it attaches to. */
export class Instance {
  /** The connection that is up, if any. */
  link: Link | undefined;
  /** Told of each connection that comes up. */
  onLink: (link: Link) => void = () => undefined;
  readonly #config: string;
  readonly #log: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #stalls: Stall[] = [];
  #child: ChildProcess | undefined;
  #isWanted = false;
  #again: NodeJS.Timeout | undefined;
  /** How often it ended by itself. */
  unaskedEnds = 0;

  private constructor(folder: string, name: string) {
    this.#config = join(folder, `${name}.toml`);
    this.#log = join(folder, `${name}.log`);
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Not running yet. `buildConfig` is given the server's port. Whoever creates it closes it. */
  static async create(folder: string, name: string, buildConfig: (serverPort: number) => string): Promise<Instance> {
    const instance = new Instance(folder, name);
    instance.#server.listen(0, '127.0.0.1');
    await once(instance.#server, 'listening');
    writeFileSync(instance.#config, buildConfig((instance.#server.address() as AddressInfo).port));
    return instance;
  }

  /** From now on it is started again where it ends by itself, as by a service manager. */
  start(): void {
    clearTimeout(this.#again);
    this.#isWanted = true;
    const output = openSync(this.#log, 'a');
    const [command, ...args] = [...tie, process.execPath, program, 'serve', '--config', this.#config];
    this.#child = spawn(command, args, { stdio: ['ignore', output, output] });
    closeSync(output);
    this.#child.on('exit', () => {
      if (!this.#isWanted) return;
      this.unaskedEnds += 1;
      this.#again = setTimeout(() => this.start(), restartMs);
    });
  }

  /** Settles with the link once it is up; rejects after two minutes. */
  async up(): Promise<Link> {
    const limit = performance.now() + upLimitMs;
    while (this.link === undefined) {
      if (performance.now() > limit) throw new Error(`${this.#log}: no link\n${readFileSync(this.#log, 'utf8').slice(-2_000)}`);
      await sleep(lookMs);
    }
    return this.link;
  }

  /** Sends a signal that ends it, SIGKILL if that takes half a minute; settles when process and link are gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#isWanted = false;
    clearTimeout(this.#again);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
    await exited;
    clearTimeout(timer);
    while (this.link !== undefined) await sleep(lookMs);
  }

  /** Stands still for a while: the process, or only our side of the link. */
  async stall(what: 'process' | 'link', ms: number): Promise<void> {
    const link = this.link;
    const stall = { from: performance.now(), to: Infinity };
    this.#stalls.push(stall);
    if (what === 'process') this.#child?.kill('SIGSTOP');
    else link?.freeze();
    await sleep(ms);
    if (what === 'process') this.#child?.kill('SIGCONT');
    else link?.thaw();
    stall.to = performance.now();
  }

  /** How much of the time from then to now it stood still by our doing. */
  stalledMs(since: number, now: number): number {
    return this.#stalls.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, now) - Math.max(from, since)), 0);
  }

  /** Sum over all providers of `reveille_deferred`. */
  async readDeferred(): Promise<number> {
    const [, address = ''] = [...readFileSync(this.#log, 'utf8').matchAll(/"http":"([^"]+)"/g)].at(-1) ?? [];
    const text = await (await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(stopLimitMs) })).text();
    return [...text.matchAll(/^reveille_deferred\{[^}]*\} (\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  async close(): Promise<void> {
    this.#child?.kill('SIGCONT');
    await this.end('SIGTERM');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    new Peer(socket, (_, peer) => this.#online(socket, peer));
  }

  #online(socket: Socket, peer: Peer): void {
    const link = new Link((links += 1), socket, peer);
    this.link = link;
    this.onLink(link);
    socket.on('close', () => {
      if (this.link === link) this.link = undefined;
    });
  }
}
