// Room: Apple's push service. In: options, pushes. Out: outcomes. May enter: loading, by import().
import type { Provider, ProviderTools } from '../../src/index.ts';
import { createApns } from './create-apns.ts';

export { options } from './options.ts';

/** Contract of {@link createApns}. */
export default function create(input: unknown, tools: ProviderTools): Provider {
  return createApns(input, tools);
}
