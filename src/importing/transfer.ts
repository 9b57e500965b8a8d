import { type Found, type FoundDevice, type FoundRegistrations, findFault } from './found.ts';

/** Where found registrations go. */
export interface Target<Device extends object> {
  /** As the registry has it, or why it can't be taken. */
  place(found: FoundDevice): Device | { readonly refused: string };
  /** Settles with which of them were added and which were there before, by their places in the list. */
  write(devices: readonly Device[]): Promise<{ readonly added: ReadonlySet<number>; readonly present: ReadonlySet<number> }>;
}

export interface Counts {
  read: number;
  added: number;
  /** Were there before. */
  present: number;
  refused: number;
  /** Nodes that stand for several of those that are taken or were there before. */
  sharedNodes: number;
  /** These devices. */
  sharing: number;
}

export interface Watch {
  readonly signal: AbortSignal;
  onRefused(place: string, reason: string): void;
  onProgress(counts: Readonly<Counts>, extent: { readonly done: number; readonly total: number | undefined }): void;
}

interface Placed<Device> {
  readonly place: string;
  readonly found: FoundDevice;
  readonly device: Device;
}

const batchSize = 500;
const anew = 'this phone has registered anew since, under another node; or its node is there twice';

/**
 * Takes registrations one batch at a time, none of them kept in memory. Settles with true at the end, or with false where it was told to end:
 * what was counted until then is written. Rejects as reading and writing do.
 */
export async function transfer<Device extends object>(
  registrations: FoundRegistrations,
  target: Target<Device>,
  counts: Counts,
  watch: Watch,
): Promise<boolean> {
  const extent = { done: 0, total: registrations.total };
  let batch: Placed<Device>[] = [];
  const countShared = createSharing(counts);

  async function flush(): Promise<void> {
    if (batch.length === 0) return;
    const written = batch;
    batch = [];
    const { added, present } = await target.write(written.map(({ device }) => device));
    for (const [index, { place, found }] of written.entries()) {
      if (present.has(index)) counts.present += 1;
      else if (added.has(index)) counts.added += 1;
      else {
        refuse(place, anew);
        continue;
      }
      countShared(found);
    }
  }

  function refuse(place: string, reason: string): void {
    counts.refused += 1;
    watch.onRefused(place, reason);
  }

  function take(found: Found): void {
    counts.read += 1;
    if (found.kind === 'refused') return refuse(found.place, found.reason);
    const fault = findFault(found.device);
    const placed = fault === undefined ? target.place(found.device) : { refused: fault };
    if ('refused' in placed) refuse(found.place, placed.refused);
    else batch.push({ place: found.place, found: found.device, device: placed });
  }

  try {
    for await (const found of registrations.read(extent)) {
      if (watch.signal.aborted) break;
      take(found);
      if (batch.length < batchSize) continue;
      await flush();
      watch.onProgress(counts, extent);
    }
  } finally {
    // What was read before something broken is good.
    await flush();
  }
  return !watch.signal.aborted;
}

/** Keeps the nodes that may be shared, and only those. */
function createSharing(counts: Counts): (found: FoundDevice) => void {
  const devicesOf = new Map<string, number>();
  return ({ node, isNodeShared }) => {
    if (isNodeShared !== true) return;
    const devices = (devicesOf.get(node) ?? 0) + 1;
    devicesOf.set(node, devices);
    if (devices === 2) counts.sharedNodes += 1;
    if (devices > 1) counts.sharing += devices === 2 ? 2 : 1;
  };
}
