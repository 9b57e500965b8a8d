import { randomBytes } from 'node:crypto';
import { buildDigest, isAnswerable, isStrong, parseChallenges, type Challenge } from './digest.ts';

/** How we prove ourselves to one proxy; it remembers what the proxy asked for. */
export interface ProxyAuthorization {
  /** Whether there is a user or password at all. */
  readonly isPossible: boolean;
  /** Whether the proxy told what it wants. */
  readonly isKnown: boolean;
  /** The header's value for a CONNECT to this target, undefined where none is needed. Counts the use of a nonce. */
  build(target: string): string | undefined;
  /** The proxy answered 407 with this `Proxy-Authenticate`. Throws where it offers nothing we can do. */
  learn(header: string | undefined): void;
  /** The proxy asked for nothing. */
  learnNothing(): void;
}

type Scheme =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'none' }
  | { readonly kind: 'basic' }
  | { readonly kind: 'digest'; readonly challenge: Challenge; count: number };

export function createProxyAuthorization(proxy: URL): ProxyAuthorization {
  const user = decodeURIComponent(proxy.username);
  const password = decodeURIComponent(proxy.password);
  let scheme: Scheme = { kind: 'unknown' };
  return {
    isPossible: user !== '' || password !== '',
    get isKnown() {
      return scheme.kind !== 'unknown';
    },
    build(target) {
      if (scheme.kind === 'basic') return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
      if (scheme.kind !== 'digest') return undefined;
      scheme.count += 1;
      const { challenge, count } = scheme;
      return buildDigest(challenge, {
        user,
        password,
        method: 'CONNECT',
        uri: target,
        count,
        cnonce: randomBytes(12).toString('base64url'),
      });
    },
    learn: (header) => void (scheme = chooseScheme(header)),
    learnNothing: () => void (scheme = { kind: 'none' }),
  };
}

/** The strongest on offer; a proxy that refuses without naming a scheme is taken to want Basic. */
function chooseScheme(header: string | undefined): Scheme {
  if (header === undefined) return { kind: 'basic' };
  const challenges = parseChallenges(header);
  const digests = challenges.filter(isAnswerable);
  const digest = digests.find(isStrong) ?? digests[0];
  if (digest !== undefined) return { kind: 'digest', challenge: digest, count: 0 };
  if (challenges.some(({ scheme }) => scheme === 'basic')) return { kind: 'basic' };
  const offered = [...new Set(challenges.map(({ scheme }) => scheme))].join(', ');
  throw new Error(`wants a kind of authentication that is not supported (${offered}); Basic and Digest are`);
}
