import { ownText } from '../../../base/own-text.ts';
import type { DeferredKind, DeferredPush } from '../../../registry/deferred/deferred-store.ts';

/** Devices of one kind and generation; two generations are remembered. */
const mostPerGeneration = 10_000;

type Place = Pick<DeferredPush, 'id' | 'node' | 'kind' | 'publishedAt'>;

interface Delivered {
  readonly id: string;
  readonly at: number;
}

type Generation = Map<string, Delivered>;

/**
 * The newest push that was delivered to a device of late, by kind. Pushes overtake each other on their ways: one that
 * comes to be stored or tried again after a newer one has arrived is worthless. Bounded; what is forgotten costs a double.
 * Every push passes here, so it forgets in generations: an order of use would cost more than the rest of the delivery.
 */
export class Latest {
  readonly #young: Record<DeferredKind, Generation> = { call: new Map(), message: new Map(), update: new Map() };
  readonly #old: Record<DeferredKind, Generation> = { call: new Map(), message: new Map(), update: new Map() };

  delivered(push: Place): void {
    const { id, node, kind, publishedAt } = push;
    const at = publishedAt.getTime();
    const newest = this.#find(push);
    if (newest !== undefined && !isOlder(newest, push)) return;
    const young = this.#young[kind];
    // The node may be a part of all that is known of its device (own-text.ts).
    young.set(young.has(node) ? node : ownText(node), { id, at });
    if (young.size < mostPerGeneration) return;
    this.#old[kind] = young;
    this.#young[kind] = new Map();
  }

  /** Whether this very push, or one published later, was delivered; of the same millisecond the greater id is the later one. */
  isPast(push: Place): boolean {
    const newest = this.#find(push);
    return newest !== undefined && !isOlder(newest, push);
  }

  #find({ kind, node }: Place): Delivered | undefined {
    return this.#young[kind].get(node) ?? this.#old[kind].get(node);
  }
}

function isOlder(one: Delivered, { id, publishedAt }: Place): boolean {
  const at = publishedAt.getTime();
  return one.at < at || (one.at === at && one.id < id);
}
