import { withLimit } from '../../../base/limit.ts';
import type { ProviderConfig } from '../../../config/config.ts';
import { buildHider } from '../../../config/secrets/hide-secrets.ts';
import { examineProvider } from '../../../doctor/provider.ts';
import type { StepResult, Titled } from '../../../doctor/step.ts';
import { createLog } from '../../../log/log.ts';
import { createProvider } from '../../../push/loading/load-providers.ts';
import type { Provider } from '../../../push/provider/provider.ts';
import { listMessages } from '../../provider-mistakes.ts';
import type { ProviderAnswer } from '../answers.ts';

const loadLimitMs = 30_000;
const closeLimitMs = 10_000;
const title = 'credentials';

/** What `check` and `doctor` find out about a provider: whether its credentials load and have not ended, and what its service says of them. */
export async function tryProvider(
  { id, use, options, secrets }: ProviderAnswer,
  file: string,
  isOffline: boolean,
  signal: AbortSignal,
): Promise<readonly Titled[]> {
  const config: ProviderConfig = { id, use, options: { ...options, ...secrets } };
  const hide = buildHider(config.options);
  const tried = 'load the credentials';
  try {
    const provider = await withLimit(createProvider(config, file, createLog('silent')), loadLimitMs, 'not ready within 30 s');
    try {
      const steps = [judgeEnd(provider), ...(isOffline || use === 'log' ? [] : await examine(id, provider, signal))];
      return steps.map((step) => ({ ...step, found: hide(step.found) }));
    } finally {
      // It has said all that was asked of it.
      await withLimit(provider.close(), closeLimitMs).catch(() => undefined);
    }
  } catch (error) {
    return listMessages(error).map((message) => ({ title, verdict: 'failed', tried, found: hide(message) }));
  }
}

function judgeEnd(provider: Provider): Titled {
  const { credentialExpiresAt: end, reason } = provider.status();
  const tried = 'look when they end';
  if (end === undefined) return { title, verdict: 'ok', tried, found: 'they can be used' };
  const day = end.toISOString().slice(0, 10);
  if (end.getTime() > Date.now()) return { title, verdict: 'ok', tried, found: `they can be used until ${day}` };
  return { title, verdict: 'failed', tried, found: reason ?? `they ended on ${day}`, advice: 'make new ones' };
}

async function examine(id: string, provider: Provider, signal: AbortSignal): Promise<readonly Titled[]> {
  const steps: Titled[] = [];
  const tell = (name: string, result: StepResult) => void steps.push({ title: name.replace(`provider ${id}: `, ''), ...result });
  await examineProvider(id, provider, signal, tell);
  return steps;
}
