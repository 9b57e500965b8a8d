// Room: Google's push service. In: options, pushes. Out: outcomes. May enter: loading, by import().
import type { Provider, ProviderTools } from '../../src/index.ts';
import { createFcm } from './create-fcm.ts';

export { options } from './options.ts';

/** Contract of {@link createFcm}. */
export default function create(input: unknown, tools: ProviderTools): Provider {
  return createFcm(input, tools);
}
