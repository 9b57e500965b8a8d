import { createHash } from 'node:crypto';
import type { TokenVerdict } from '../../../push/provider/provider.ts';
import type { StatelessPublish } from '../../publish/stateless.ts';

export interface TargetOptions {
  /** Provider ids by module. */
  readonly modules: Readonly<Record<string, string>>;
  /** The module of a publish that names none. */
  readonly default: string | undefined;
  /** Domains whose publishes are taken, `*` for all. */
  readonly registrants: readonly string[];
  readonly checkToken: (provider: string, text: string) => TokenVerdict;
  /** Fingerprint of what a provider pushes with. */
  readonly identityOf: (provider: string) => string;
}

/** Where a publish goes. */
export interface Target {
  readonly provider: string;
  readonly token: string;
  /** By which the token is remembered: a digest, the same for every spelling, another one with other credentials. */
  readonly key: string;
}

export interface Targets {
  /** Undefined where the publish is not for this dialect: no such module, no token, or not a publisher of ours. */
  find(publish: StatelessPublish): Target | undefined;
}

/** As fpush has it: what is shorter or longer is no token of Apple or Google. Our own nodes are shorter. */
const shortest = 64;
const longest = 512;

export function buildTargets(options: TargetOptions): Targets {
  const { registrants, checkToken, identityOf } = options;
  const modules = new Map(Object.entries(options.modules));
  const usual = options.default === undefined ? undefined : modules.get(options.default);
  const isWelcome = (domain: string) => registrants.includes('*') || registrants.includes(domain);
  return {
    find: ({ node, from, module }) => {
      const provider = module === undefined ? usual : modules.get(module);
      if (provider === undefined || node.length < shortest || node.length > longest || !isWelcome(from.domain)) return undefined;
      const verdict = checkToken(provider, node);
      if (verdict.kind !== 'token' || verdict.token.length < shortest) return undefined;
      return { provider, token: verdict.token, key: buildKey(provider, identityOf(provider), verdict.token) };
    },
  };
}

/** What a service said of a token with credentials that were replaced since, says nothing. */
function buildKey(provider: string, identity: string, token: string): string {
  const spelling = /^[0-9a-f]+$/i.test(token) ? token.toLowerCase() : token;
  return createHash('sha256').update(`${provider}\n${identity}\n${spelling}`).digest('base64url');
}
