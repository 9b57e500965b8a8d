import type { Provider } from '../../push/provider/provider.ts';
import { readTokenVerdict } from '../../push/tokens/read-token-verdict.ts';
import type { Target } from './target.ts';

/** The same target with tokens as a registration would have them; what can be no token is left to the push service to refuse. */
export function tidyTarget(target: Target, provider: Provider): Target {
  const { token, secondToken } = target.device;
  const tidied = { token: tidy(token, provider), secondToken: secondToken === undefined ? undefined : tidy(secondToken, provider) };
  return { ...target, device: { ...target.device, ...tidied } };
}

function tidy(text: string, provider: Provider): string {
  try {
    const verdict = readTokenVerdict(provider, text.trim());
    return verdict.kind === 'token' ? verdict.token : text;
  } catch {
    return text; // A third party's bug, which costs a registration nothing either.
  }
}
