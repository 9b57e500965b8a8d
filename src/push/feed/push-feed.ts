// Room: pushes as they happen, for whoever follows. In: what the rooms beside do with a push. Out: events to followers. May enter: push,
// handlers, admin, app.
import type { Device } from '../../registry/devices/device.ts';

/** Something that happened to a push; `id` is the same at every step and in the log. */
export type FeedEvent = {
  readonly id: string;
  /** Whose push it is; of one to an unknown node there is nothing but the node. */
  readonly device: Pick<Device, 'node'> & Partial<Pick<Device, 'owner' | 'provider'>>;
} & (
  | { readonly step: 'publish'; readonly kind: string }
  /** `try`: handed to the provider; `held-back`: committed, not to be sent before its turn; `kept`: committed, to be tried again. */
  | { readonly step: 'decision'; readonly decision: 'try' | 'held-back' | 'kept'; readonly reason?: string | undefined }
  | {
      readonly step: 'outcome';
      readonly outcome: 'accepted' | 'gone' | 'rejected' | 'retry' | 'expired' | 'replaced' | 'unknown';
      readonly reason?: string | undefined;
      readonly ms?: number | undefined;
    }
);

export type Follower = (event: FeedEvent) => void;

/**
 * What becomes of each push, told to whoever follows. While nobody does a push costs a look at `isFollowed`: whoever tells looks
 * there first.
 */
export class PushFeed {
  readonly #followers = new Set<Follower>();
  #isFollowed = false;

  get isFollowed(): boolean {
    return this.#isFollowed;
  }

  /** `follower` must not throw. Returns what ends it. */
  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    this.#isFollowed = true;
    return () => {
      this.#followers.delete(follower);
      this.#isFollowed = this.#followers.size > 0;
    };
  }

  tell(event: FeedEvent): void {
    for (const follower of this.#followers) follower(event);
  }
}
