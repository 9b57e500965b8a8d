import type { Subject } from './target.ts';

/** Inputs in one subject at the same time. */
const atOnce = 24;

/** Feeds everything, many at a time; a rejection goes to `onBroken` and does not stop the others. */
export async function feedAll<Item extends { readonly input: unknown }>(
  subject: Subject<unknown>,
  items: Iterable<Item>,
  onFed: () => void,
  onBroken: (item: Item, error: unknown) => void,
): Promise<void> {
  const left = items[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) {
      const item = next.value;
      await subject.feed(item.input).catch((error: unknown) => onBroken(item, error));
      onFed();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
