import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { codeOf, messageOf } from '../../base/error-code.ts';
import { isLate, limitSignal, untilAborted } from '../../base/limit.ts';
import type { StepResult } from '../step.ts';

/** What one step of the examination may take. */
const stepLimitMs = 10_000;

/** Whether a host of the configuration has an address; `key` is where it stands. */
export async function examineName(host: string, key: string, signal: AbortSignal): Promise<StepResult> {
  const tried = `resolve ${host}`;
  if (isIP(host) !== 0) return { verdict: 'ok', tried, found: 'an address needs no name' };
  try {
    const addresses = await untilAborted(lookup(host, { all: true }), limitSignal(signal, stepLimitMs));
    return { verdict: 'ok', tried, found: addresses.map(({ address }) => address).join(', ') };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOTFOUND')
      return { verdict: 'failed', tried, found: 'no such name', advice: `correct ${key}, or make the name known to DNS or /etc/hosts` };
    const found = isLate(error) ? 'the name server does not answer' : `the name could not be resolved (${code || messageOf(error)})`;
    return { verdict: 'failed', tried, found, advice: 'check the name servers of this machine (/etc/resolv.conf)' };
  }
}

/**
 * Whether other servers would find this domain: SRV records for servers, or an address (RFC 6120 §3.2). Undefined where that
 * can't be told within the time.
 */
export async function isDomainKnown(domain: string, signal: AbortSignal): Promise<boolean | undefined> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const questions = [
    lookup(domain),
    resolver.resolveSrv(`_xmpp-server._tcp.${domain}`),
    resolver.resolveSrv(`_xmpps-server._tcp.${domain}`),
  ];
  const answers = await untilAborted(Promise.allSettled(questions), limitSignal(signal, stepLimitMs)).catch(() => undefined);
  if (answers === undefined) return undefined;
  if (answers.some(({ status }) => status === 'fulfilled')) return true;
  const codes = answers.map((answer) => (answer.status === 'rejected' ? codeOf(answer.reason) : ''));
  return codes.some((code) => code === 'ENOTFOUND' || code === 'ENODATA') ? false : undefined;
}
