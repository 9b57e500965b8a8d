import type { Finding } from '../../../src/index.ts';
import type { Denial } from '../access/access-tokens.ts';

/** Why there is no access token, and what to do. `clock` is what the same answer told about our clock. */
export function judgeDenial({ kind, reason }: Denial, clock: Finding | undefined): { readonly found: string; readonly advice: string } {
  if (kind === 'unavailable') return { found: reason, advice: 'try again; look for a firewall or proxy on the way to the token host' };
  return { found: `refused: ${reason}`, advice: adviceOn(reason, clock) };
}

/** Google tells these cases apart by its wording alone (`invalid_grant` all of them). */
function adviceOn(reason: string, clock: Finding | undefined): string {
  if (/reasonable timeframe|iat and exp/.test(reason) || (clock !== undefined && clock.verdict !== 'ok'))
    return 'the clock of this machine is wrong: set it by NTP (timedatectl set-ntp true)';
  if (/account not found/.test(reason)) return 'the service account was deleted: make another one and take its key file';
  if (/Signature/.test(reason)) return 'the key was revoked or is not of this account: generate a new key file in the Firebase console';
  if (/audience/.test(reason)) return 'token_uri in the key file was changed: take the file as the Firebase console generates it';
  return 'take a new key file: Firebase console, project settings, service accounts';
}
