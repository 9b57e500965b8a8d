import type { Provider } from '../../../src/index.ts';

/** Settles nothing, ever, and does not look at the signal. */
export default function create(): Provider {
  const never = () => new Promise<never>(() => undefined);
  return { push: never, status: () => ({ ready: true }), close: never };
}
