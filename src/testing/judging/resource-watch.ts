import { AsyncLocalStorage, createHook } from 'node:async_hooks';

/** Kinds of Node's asynchronous resources by which a program reaches out. */
const outwardKinds = new Set([
  'TCPCONNECTWRAP',
  'PIPECONNECTWRAP',
  'UDPSENDWRAP',
  'GETADDRINFOREQWRAP',
  'GETNAMEINFOREQWRAP',
  'QUERYWRAP',
  'PROCESSWRAP',
]);

/** Kinds that every asynchronous function makes. */
const plainKinds = new Set(['PROMISE', 'TickObject', 'Microtask']);

const shownFrames = 4;

interface Resource {
  readonly kind: string;
  readonly made: string;
  /** Undefined for a request, which ends by itself. */
  readonly hasRef: (() => unknown) | undefined;
}

/** Sees what some code makes of sockets, timers and the like, itself or later as a consequence, and nobody else's. */
export class ResourceWatch {
  readonly #mine = new AsyncLocalStorage<true>();
  readonly #alive = new Map<number, Resource>();
  readonly #all: Resource[] = [];
  readonly #hook = createHook({
    init: (id, kind, _, resource: { hasRef?: () => unknown }) => {
      if (this.#mine.getStore() === true && !plainKinds.has(kind)) this.#add(id, kind, resource);
    },
    destroy: (id) => void this.#alive.delete(id),
    // Which costs most, and says nothing here; a Node that does not know it tells of them all the same (plainKinds).
    trackPromises: false,
  });

  /** Until `stop`. */
  start(): void {
    this.#hook.enable();
  }

  stop(): void {
    this.#hook.disable();
  }

  /** Runs the code that is watched. */
  run<Value>(code: () => Value): Value {
    return this.#mine.run(true, code);
  }

  /** Everything that was begun, by kind and by where. */
  get begun(): readonly string[] {
    return this.#all.map(describe);
  }

  /** Connections, look-ups and programs that were begun. */
  get outward(): readonly string[] {
    return this.#all.filter(({ kind }) => outwardKinds.has(kind)).map(describe);
  }

  /** What keeps the process from ending now. */
  get holding(): readonly string[] {
    return [...this.#alive.values()].filter(({ hasRef }) => hasRef?.() === true).map(describe);
  }

  #add(id: number, kind: string, resource: { hasRef?: () => unknown }): void {
    const { hasRef } = resource;
    const made = { kind, made: findMaker(), hasRef: hasRef === undefined ? undefined : () => hasRef.call(resource) };
    this.#alive.set(id, made);
    this.#all.push(made);
  }
}

function describe({ kind, made }: Resource): string {
  return made === '' ? kind : `${kind}, made\n${made}`;
}

/** The calls outside of Node that led here, the nearest first. */
function findMaker(): string {
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  return frames
    .filter((frame) => !frame.includes('node:') && !frame.includes(import.meta.url))
    .slice(0, shownFrames)
    .join('\n');
}
