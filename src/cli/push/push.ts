// Room: reveille push: one push, what the service says. In: options. Out: a report. May enter: cli.
import { randomUUID } from 'node:crypto';
import { ConfigError } from '../../config/mistakes/config-error.ts';
import type { Config, ProviderConfig } from '../../config/config.ts';
import { loadConfig } from '../../config/reading/load-config.ts';
import { createLog, type Log } from '../../log/log.ts';
import { createProvider } from '../../push/loading/load-providers.ts';
import type { Provider, Push } from '../../push/provider/provider.ts';
import { buildTestNotification, type TestContent } from '../../push/provider/test-notification.ts';
import { expiryOf } from '../../push/dispatch/time-to-live.ts';
import { buildTokenHider } from './hide-tokens.ts';
import { listProviderMistakes } from '../provider-mistakes.ts';
import { parsePushOptions } from './options.ts';
import { describeReport, encodeReport, type PushReport } from './report.ts';
import { findTarget, type Target } from './target.ts';
import { listenForInterrupt } from '../signals.ts';
import { sendTestPush } from './test-push.ts';
import { tidyTarget } from './tidy-target.ts';
import { useUploaded } from '../use-uploaded.ts';
import { withLimit } from '../../base/limit.ts';

const loadLimitMs = 30_000;
const closeLimitMs = 10_000;

/**
 * `reveille push`: sends one test push and says what the push service said. Settles with 0 where it was accepted, else with
 * 1. Registrations are read and left as they are, whatever comes of the push.
 */
export async function push(args: readonly string[]): Promise<number> {
  const { config: file, target: targetOptions, content, json } = parsePushOptions(args);
  const config = loadConfig(file);
  const interrupt = listenForInterrupt();
  const target = await findTarget(config, targetOptions, createLog('warn', process.stderr));
  if (typeof target === 'string') {
    process.stderr.write(`reveille push: ${target}\n`);
    return 1;
  }
  if (target.companions > 0) process.stderr.write(`${describeCompanions(target.companions)}\n`);
  const hidden = tokensOf(target);
  const hide = (text: string) => buildTokenHider(hidden)(text);
  const log = createHidingLog(hide);
  const report = await carryOut(config, target, content, { log, hideToo: (tidied) => void hidden.push(...tokensOf(tidied)) }, interrupt);
  process.stdout.write(hide(json ? encodeReport(report) : describeReport(report)));
  return report.verdict.kind === 'accepted' ? 0 : 1;
}

function describeCompanions(count: number): string {
  const others = count === 1 ? '1 further device stands' : `${count} further devices stand`;
  return `reveille push: ${others} behind this node; the push goes to the first. reveille devices list --node shows the nodes of their own.`;
}

interface Outlet {
  readonly log: Log;
  /** The target's tokens in another spelling, which must not be shown either. */
  readonly hideToo: (target: Target) => void;
}

async function carryOut(
  config: Config,
  given: Target,
  content: TestContent,
  { log, hideToo }: Outlet,
  interrupt: AbortSignal,
): Promise<PushReport> {
  const provider = await load(given.provider, config.file, log);
  const target = tidyTarget(given, provider);
  hideToo(target);
  await useUploaded(config, new Map([[target.provider.id, provider]]), log);
  const startedMs = performance.now();
  const verdict = await sendTestPush(provider, buildPush(config, target, content), interrupt);
  const tookMs = Math.round(performance.now() - startedMs);
  if (verdict.kind === 'failed') log.error('provider-failed', { provider: target.provider.id, error: verdict.error });
  const trouble = readTrouble(provider);
  await close(provider, log);
  return { target, content: content.kind, verdict, tookMs, trouble };
}

function tokensOf({ device }: Target): (string | undefined)[] {
  return [device.token, device.secondToken];
}

/** What keeps a provider from being created is a mistake of the configuration, told in the words of `reveille check`. */
async function load(provider: ProviderConfig, file: string, log: Log): Promise<Provider> {
  try {
    return await withLimit(createProvider(provider, file, log), loadLimitMs, 'it is not ready within 30 s of being loaded');
  } catch (error) {
    throw new ConfigError(listProviderMistakes(error, provider), { cause: error });
  }
}

function buildPush({ component, delivery }: Config, { device }: Target, content: TestContent): Push {
  const notification = buildTestNotification(content, component.jid);
  return { id: randomUUID(), ...device, expiresAt: expiryOf(notification, delivery, new Date()), notification };
}

function readTrouble(provider: Provider): string | undefined {
  try {
    const { ready, reason } = provider.status();
    return ready ? undefined : (reason ?? 'it does not say why');
  } catch {
    return undefined; // A third party's bug, which the push tells more about.
  }
}

/** The outcome is known by now: a provider that can't close costs the answer nothing. */
async function close(provider: Provider, log: Log): Promise<void> {
  try {
    await withLimit(provider.close(), closeLimitMs, 'it does not close within 10 s');
  } catch (error) {
    log.warn('provider-not-closed', { error });
  }
}

/** Providers may quote a token by mistake, in an error's text for instance. */
function createHidingLog(hide: (text: string) => string): Log {
  return createLog('warn', { isTTY: process.stderr.isTTY, write: (text) => process.stderr.write(hide(text)) });
}
