import type { Provider } from '../../../src/index.ts';
import { rubbish } from './rubbish-outcomes.ts';

/** Settles with anything but outcomes, one after the other, and has no idea of a status. */
export default function create(): Provider {
  let pushes = 0;
  const values = Object.values(rubbish);
  return {
    push: async () => values[(pushes += 1) % values.length]!() as never,
    status: () => 42 as never,
    close: async () => 'closed' as never,
  };
}
