import { type Found, type FoundDevice, type FoundRegistrations, findFault } from './found.ts';

/** Where found registrations go. */
export interface Target<Device extends { readonly node: string }> {
  /** As the registry has it, or why it can't be taken. */
  place(found: FoundDevice): Device | { readonly refused: string };
  write(devices: readonly Device[]): Promise<{ readonly added: ReadonlySet<string>; readonly present: ReadonlySet<string> }>;
}

export interface Counts {
  read: number;
  added: number;
  /** Were there before. */
  present: number;
  refused: number;
}

export interface Watch {
  readonly signal: AbortSignal;
  onRefused(place: string, reason: string): void;
  onProgress(counts: Readonly<Counts>, extent: { readonly done: number; readonly total: number | undefined }): void;
}

const batchSize = 500;
const anew = 'this phone has registered anew since, under another node; or its node is there twice';

/**
 * Takes registrations one batch at a time, none of them kept in memory. Settles with true at the end, or with false where it was told to end:
 * what was counted until then is written. Rejects as reading and writing do.
 */
export async function transfer<Device extends { readonly node: string }>(
  registrations: FoundRegistrations,
  target: Target<Device>,
  counts: Counts,
  watch: Watch,
): Promise<boolean> {
  const extent = { done: 0, total: registrations.total };
  let batch: { readonly place: string; readonly device: Device }[] = [];

  async function flush(): Promise<void> {
    if (batch.length === 0) return;
    const written = batch;
    batch = [];
    const { added, present } = await target.write(written.map(({ device }) => device));
    const met = new Set<string>();
    for (const { place, device } of written) {
      const isTwice = met.has(device.node);
      met.add(device.node);
      if (present.has(device.node)) counts.present += 1;
      else if (added.has(device.node) && !isTwice) counts.added += 1;
      else refuse(place, anew);
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
    else batch.push({ place: found.place, device: placed });
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
