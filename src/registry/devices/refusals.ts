import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { growingTo } from '../../base/growing-to.ts';
import { ownText } from '../../base/own-text.ts';

const maxRefusals = 100_000;
const keepMs = 5 * 60_000;

/** Remembers for some minutes who was refused at which node. Bounded: the refusal unused longest is forgotten first. */
export interface Refusals {
  has(node: string, publisher: string): boolean;
  add(node: string, publisher: string): void;
  /** The node changed: everybody may ask again. */
  drop(node: string): void;
  clear(): void;
}

/** Nodes that Reveille makes are shorter. */
const tokenLength = 64;
const maxLongRefusals = 50_000;

/**
 * What is asked for under a name as long as a device token is remembered apart: where tokens are nodes (fpush) there may be millions,
 * and they push out none of the others.
 */
export function createRefusals(): Refusals {
  const [short, long] = [createBook(maxRefusals), createBook(maxLongRefusals)];
  const of = (node: string) => (node.length < tokenLength ? short : long);
  return {
    has: (node, publisher) => of(node).has(node, publisher),
    add: (node, publisher) => of(node).add(node, publisher),
    drop: (node) => of(node).drop(node),
    clear: () => {
      short.clear();
      long.clear();
    },
  };
}

function createBook(max: number): Refusals {
  const keysOfNode = new Map<string, Set<string>>();
  const nodeOfKey = new LRUCache<string, string>({ ...growingTo(max), ttl: keepMs, dispose: (node, key) => unlink(node, key) });

  function unlink(node: string, key: string): void {
    const keys = keysOfNode.get(node);
    keys?.delete(key);
    if (keys?.size === 0) keysOfNode.delete(node);
  }

  return {
    has: (node, publisher) => nodeOfKey.has(buildKey(node, publisher)),
    add: (asked, publisher) => {
      const key = buildKey(asked, publisher);
      const node = ownText(asked);
      nodeOfKey.set(key, node);
      const keys = keysOfNode.get(node) ?? new Set();
      keysOfNode.set(node, keys.add(key));
    },
    drop: (node) => {
      for (const key of [...(keysOfNode.get(node) ?? [])]) nodeOfKey.delete(key);
    },
    clear: () => nodeOfKey.clear(),
  };
}

/** A digest: the publisher may hold a secret and kilobytes of text. */
function buildKey(node: string, publisher: string): string {
  return createHash('sha256').update(`${node}\n${publisher}`).digest('base64');
}
