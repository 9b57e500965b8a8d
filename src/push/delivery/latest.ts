import { LRUCache } from 'lru-cache';
import type { DeferredPush } from '../../registry/deferred-store.ts';

const most = 20_000;

type Place = Pick<DeferredPush, 'id' | 'node' | 'kind' | 'publishedAt'>;

/**
 * The newest push that was delivered to a device of late, by kind. Pushes overtake each other on their ways: one that
 * comes to be stored or tried again after a newer one has arrived is worthless. Bounded; what is forgotten costs a double.
 */
export class Latest {
  readonly #delivered = new LRUCache<string, { readonly id: string; readonly at: number }>({ max: most });

  delivered({ id, node, kind, publishedAt }: Place): void {
    const key = `${kind} ${node}`;
    const at = publishedAt.getTime();
    if (at >= (this.#delivered.get(key)?.at ?? 0)) this.#delivered.set(key, { id, at });
  }

  /** Whether this very push, or one published later, was delivered; two of the same millisecond do not outdate each other. */
  isPast({ id, node, kind, publishedAt }: Place): boolean {
    const newest = this.#delivered.get(`${kind} ${node}`);
    return newest !== undefined && (newest.id === id || newest.at > publishedAt.getTime());
  }
}
