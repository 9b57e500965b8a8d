import { randomUUID } from 'node:crypto';
import { emptyNotification } from '../push/provider/notification.ts';
import type { Finding, Outcome, Provider, ProviderStatus, Push } from '../push/provider/provider.ts';
import type { Tell } from './chapter.ts';
import { messageOf } from '../base/error-code.ts';
import { limitSignal, untilAborted } from '../base/limit.ts';
import type { StepResult } from './step.ts';

/** Several services and credentials, each step of which has its own limit. */
const diagnoseLimitMs = 60_000;
const pushLimitMs = 10_000;
const dayMs = 24 * 60 * 60_000;
const warnDays = 30;
/** For a provider to say, once it is told to stop, what it was waiting for. */
const graceMs = 1_000;

/** What a provider finds out about its own service; of one that can't tell, what becomes of a push to an impossible token. */
export async function examineProvider(name: string, provider: Provider, signal: AbortSignal, tell: Tell): Promise<void> {
  const title = `provider ${name}`;
  if (provider.diagnose === undefined) {
    tell(`${title}: push`, await tryPush(provider, signal));
    const end = examineEnd(provider);
    if (end !== undefined) tell(`${title}: expiry`, end);
    return;
  }
  const limit = limitSignal(signal, diagnoseLimitMs);
  try {
    const findings = await untilAborted(provider.diagnose(limit), limitSignal(signal, diagnoseLimitMs + graceMs));
    for (const finding of findings) tell(`${title}: ${finding.step}`, asResult(finding));
  } catch (error) {
    tell(`${title}: diagnosis`, describeBug('let it try its own way', error));
  }
}

function asResult({ verdict, tried, found, advice }: Finding): StepResult {
  return { verdict, tried, found, advice };
}

/** Undefined where it has no credentials that end. */
function examineEnd(provider: Provider): StepResult | undefined {
  const { credentialExpiresAt: end } = readStatus(provider);
  if (end === undefined) return undefined;
  const leftDays = Math.floor((end.getTime() - Date.now()) / dayMs);
  const tried = 'look when its credentials end';
  const found = `on ${end.toISOString().slice(0, 10)}`;
  if (leftDays >= warnDays) return { verdict: 'ok', tried, found };
  return { verdict: end.getTime() <= Date.now() ? 'failed' : 'warning', tried, found, advice: 'renew them' };
}

/** A status that throws is told by the push before it. */
function readStatus(provider: Provider): Partial<ProviderStatus> {
  try {
    return provider.status();
  } catch {
    return {};
  }
}

async function tryPush(provider: Provider, signal: AbortSignal): Promise<StepResult> {
  const tried = 'push to an impossible token';
  const limit = limitSignal(signal, pushLimitMs);
  try {
    const late = limitSignal(signal, pushLimitMs + graceMs);
    const outcome = await untilAborted(provider.push(buildPush(), limit), late);
    const { ready, reason = 'it does not say why' } = provider.status();
    if (!ready) return { verdict: 'failed', tried, found: `the provider is not ready: ${reason}`, advice: "correct the provider's table" };
    return { tried, ...judge(outcome) };
  } catch (error) {
    return describeBug(tried, error);
  }
}

function judge(outcome: Outcome): { readonly verdict: 'ok' | 'warning' | 'failed'; readonly found: string; readonly advice?: string } {
  switch (outcome.kind) {
    case 'gone':
      return { verdict: 'ok', found: 'the service calls the token dead, so the way and the credentials are good' };
    case 'accepted':
      return { verdict: 'ok', found: 'it was accepted' };
    case 'rejected':
      return {
        verdict: 'warning',
        found: `rejected: ${outcome.reason}`,
        advice: 'fine if it is about the token; else correct the credentials',
      };
    case 'retry':
      return { verdict: 'failed', found: `not delivered: ${outcome.reason}`, advice: 'check name resolution, firewall and proxy' };
    default:
      return outcome satisfies never;
  }
}

function describeBug(tried: string, error: unknown): StepResult {
  return { verdict: 'failed', tried, found: `the provider failed: ${messageOf(error)}`, advice: 'tell its author' };
}

/** Zeros look like a token to a provider that checks the form, and no service ever gave them out. */
function buildPush(): Push {
  return {
    id: randomUUID(),
    account: 'doctor@invalid',
    token: '0'.repeat(64),
    secondToken: undefined,
    registeredAt: new Date(0),
    remembered: undefined,
    expiresAt: new Date(Date.now() + pushLimitMs),
    notification: { ...emptyNotification, priority: 'low' },
  };
}
