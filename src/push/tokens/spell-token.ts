import type { TokenVerdict } from '../provider/provider.ts';

/** Whoever says of a text what it is as a device token; never throws. */
export interface TokenChecker {
  checkToken(text: string): TokenVerdict;
}

/** Under which tokens a device may be registered whose client says this text: the text itself, and as each provider tidies it. */
export function spellToken(providers: Iterable<TokenChecker>, text: string): readonly string[] {
  const verdicts = [...providers].map((provider) => provider.checkToken(text.trim()));
  return [...new Set([text.trim(), ...verdicts.flatMap((verdict) => (verdict.kind === 'token' ? [verdict.token] : []))])];
}
