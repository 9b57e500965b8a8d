import { type LogLine, type ReveilleProcess, startReveille } from '../../servers/reveille.ts';

const scrapeLimitMs = 30_000;

/** What an instance says of itself. */
export interface Sample {
  readonly residentBytes: number;
  readonly publishes: number;
}

/** One of several instances on the same database, which is started and ended again and again. */
export class InstanceSlot {
  readonly #configFile: string;
  #process: ReveilleProcess | undefined;

  constructor(configFile: string) {
    this.#configFile = configFile;
  }

  /** The log of the process that runs, or ran last. */
  get lines(): readonly LogLine[] {
    return this.#process?.lines ?? [];
  }

  /** Settles when it is ready. */
  async start(): Promise<void> {
    this.#process = await startReveille(this.#configFile);
  }

  /** Settles when the server has refused it because another one is attached. */
  async startAsStandby(): Promise<void> {
    this.#process = await startReveille(this.#configFile, ({ trouble }) => trouble === 'conflict');
  }

  /** Settles with the exit code. */
  async stop(): Promise<number | null> {
    return (await this.#process?.stop()) ?? null;
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  isReady(): boolean {
    return this.#ready !== undefined;
  }

  /** `Date.now()` of the moment; NaN before. */
  get readyAt(): number {
    return Date.parse(String(this.#ready?.['time']));
  }

  /** Only of one that is ready: before, its port is not known. */
  async measure(): Promise<Sample> {
    const address = String(this.#ready?.['http']);
    const text = await (await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(scrapeLimitMs) })).text();
    const sum = (name: string) =>
      [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce((total, [, value]) => total + Number(value), 0);
    return { residentBytes: sum('process_resident_memory_bytes'), publishes: sum('reveille_publishes_total') };
  }

  get #ready(): LogLine | undefined {
    return this.lines.find(({ event }) => event === 'ready');
  }
}
