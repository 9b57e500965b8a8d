import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Peer } from '../../throughput/load/peer.ts';
import type { WallClock } from './clock.ts';
import { endOfLog, readHttpAddress, readLastLines, type End } from './ends.ts';
import { Link } from './link.ts';
import type { Write } from '../report/staleness.ts';
import { readWrites, recorder } from './writes.ts';

const program = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
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

/** Where an instance's files are, and its clock where it has one of its own. */
export interface Place {
  readonly folder: string;
  readonly name: string;
  readonly clock?: WallClock | undefined;
}

let links = 0;

/** One `reveille serve` and the port of the XMPP server that it attaches to. */
export class Instance {
  /** The connection that is up, if any. */
  link: Link | undefined;
  /** Told of each connection that comes up. */
  onLink: (link: Link) => void = () => undefined;
  readonly #name: string;
  readonly #config: string;
  readonly #log: string;
  readonly #writes: string;
  readonly #clock: WallClock | undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #stalls: Stall[] = [];
  #child: ChildProcess | undefined;
  #isWanted = false;
  #told: 'SIGKILL' | 'SIGTERM' | undefined;
  #again: NodeJS.Timeout | undefined;
  /** Where in the log the process that runs began. */
  #since = 0;
  #address: string | undefined;
  /** Where it ended by itself, or in another way than it was told to. */
  readonly ends: End[] = [];

  private constructor({ folder, name, clock }: Place) {
    this.#name = name;
    this.#clock = clock;
    this.#config = join(folder, `${name}.toml`);
    this.#log = join(folder, `${name}.log`);
    this.#writes = join(folder, `${name}.writes`);
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Not running yet. `buildConfig` is given the server's port. Whoever creates it closes it. */
  static async create(place: Place, buildConfig: (serverPort: number) => string): Promise<Instance> {
    const instance = new Instance(place);
    instance.#server.listen(0, '127.0.0.1');
    await once(instance.#server, 'listening');
    writeFileSync(instance.#config, buildConfig((instance.#server.address() as AddressInfo).port));
    return instance;
  }

  /** From now on it is started again where it ends by itself, as by a service manager. */
  start(): void {
    clearTimeout(this.#again);
    this.#isWanted = true;
    this.#told = undefined;
    const output = openSync(this.#log, 'a');
    const [command, ...args] = [...tie, process.execPath, '--import', recorder, program, 'serve', '--config', this.#config];
    const env = { ...process.env, ...this.#clock?.env, CHAOS_WRITES: this.#writes };
    const since = endOfLog(this.#log);
    this.#since = since;
    this.#address = undefined;
    this.#child = spawn(command, args, { stdio: ['ignore', output, output], env });
    closeSync(output);
    this.#child.on('exit', (code, signal) => this.#exited(String(signal ?? code), since));
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
    this.#told = signal;
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

  /** Sets its clock so far ahead of the right time, or behind it. */
  setClock(aheadMs: number): void {
    if (this.#clock === undefined) throw new Error('this instance has no clock of its own');
    this.#clock.set(aheadMs);
  }

  /** Stands still for a while: the process, or only our side of the link. */
  async stall(what: 'process' | 'link', ms: number): Promise<void> {
    const link = this.link;
    const stall = { from: performance.now(), to: Infinity };
    this.#stalls.push(stall);
    if (what === 'process') {
      this.#child?.kill('SIGSTOP');
      link?.hold();
    } else link?.freeze();
    await sleep(ms);
    if (what === 'process') {
      this.#child?.kill('SIGCONT');
      link?.release();
    } else link?.thaw();
    stall.to = performance.now();
  }

  /** How much of the time from then to now it stood still by our doing. */
  stalledMs(since: number, now: number): number {
    return this.#stalls.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, now) - Math.max(from, since)), 0);
  }

  /** Every push that it handed to a connection so far, those of its former lives included. */
  readWrites(): readonly Write[] {
    return readWrites(this.#writes);
  }

  /** Host and port of its HTTP listener; undefined until it has said so. */
  get httpAddress(): string | undefined {
    return (this.#address ??= readHttpAddress(this.#log, this.#since));
  }

  /** Sum over all providers of `reveille_deferred`. */
  async readDeferred(): Promise<number> {
    const text = await (await fetch(`http://${this.httpAddress ?? ''}/metrics`, { signal: AbortSignal.timeout(stopLimitMs) })).text();
    return [...text.matchAll(/^reveille_deferred\{[^}]*\} (\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  async close(): Promise<void> {
    this.#child?.kill('SIGCONT');
    await this.end('SIGTERM');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #exited(how: string, since: number): void {
    const told = this.#told;
    // One that is told to end before it can hear of it ends by the signal itself.
    const isAsTold = told === 'SIGKILL' || (told === 'SIGTERM' && (how === '0' || how === 'SIGTERM'));
    if (!isAsTold) this.ends.push({ instance: this.#name, how, told, lastLines: readLastLines(this.#log, since) });
    if (this.#isWanted) this.#again = setTimeout(() => this.start(), restartMs);
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
