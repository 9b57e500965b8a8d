// Room: Web Push and UnifiedPush: browsers, and phones without Google. In: options, pushes. Out: outcomes. May enter: loading, by import().
import type { Provider, ProviderTools } from '../../src/index.ts';
import { createWebpush } from './create-webpush.ts';

export { options } from './options.ts';

/** Contract of {@link createWebpush}. */
export default function create(input: unknown, tools: ProviderTools): Provider {
  return createWebpush(input, tools);
}
