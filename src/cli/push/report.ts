import { flatten, nameOutcome } from '../../push/provider/describe-outcome.ts';
import { shortenToken } from '../../push/tokens/shorten-token.ts';
import type { TestContent } from '../../push/provider/test-notification.ts';
import type { Target } from './target.ts';
import { answerLimitMs, type Verdict } from './test-push.ts';

/** All that is told about a test push. */
export interface PushReport {
  readonly target: Target;
  readonly content: TestContent['kind'];
  readonly verdict: Verdict;
  readonly tookMs: number;
  /** What the provider says of its own state, where it isn't ready. */
  readonly trouble: string | undefined;
}

const labelWidth = 10;

const contents: Readonly<Record<TestContent['kind'], string>> = {
  message: 'a message',
  silent: 'a silent update (priority low)',
  call: 'the start of a call',
};

/** For people: a line for each fact, then what it means and what to do. */
export function describeReport({ target, content, verdict, tookMs, trouble }: PushReport): string {
  const { provider, device, isRegistered } = target;
  const registered = isRegistered ? `, registered ${device.registeredAt.toISOString()}` : '';
  const rows: readonly (readonly [label: string, value: string | undefined])[] = [
    ['provider', `${provider.id} (${provider.use})`],
    ['account', device.account],
    ['device', `${shortenToken(device.token)}${registered}`],
    ['pushed', contents[content]],
    ['outcome', nameVerdict(verdict)],
    ['id', verdict.kind === 'accepted' ? verdict.id : undefined],
    ['reason', reasonOf(verdict)],
    ['took', `${tookMs} ms`],
    ['state', trouble === undefined ? undefined : `the provider is not ready: ${trouble}`],
  ];
  const lines = rows.flatMap(([label, value]) => (value === undefined ? [] : [`${label.padEnd(labelWidth)}${flatten(value)}`]));
  return `${[...lines, '', ...explain(verdict, target, content)].join('\n').trimEnd()}\n`;
}

/** For programs: the same facts as one JSON object on one line. */
export function encodeReport({ target, content, verdict, tookMs, trouble }: PushReport): string {
  const { provider, device } = target;
  const facts = {
    provider: provider.id,
    use: provider.use,
    account: device.account,
    device: shortenToken(device.token),
    pushed: content,
    outcome: verdict.kind,
    id: verdict.kind === 'accepted' ? verdict.id : undefined,
    reason: reasonOf(verdict),
    since: verdict.kind === 'gone' ? verdict.since : undefined,
    afterMs: verdict.kind === 'retry' ? verdict.afterMs : undefined,
    tookMs,
    trouble,
  };
  return `${JSON.stringify(facts)}\n`;
}

function nameVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'no-answer':
      return `no answer in time (${answerLimitMs / 1000} s)`;
    case 'failed':
      return 'the provider failed';
    case 'interrupted':
      return 'interrupted';
    case 'accepted':
    case 'gone':
    case 'rejected':
    case 'retry':
      return nameOutcome(verdict);
    default:
      return verdict satisfies never;
  }
}

function explain(verdict: Verdict, target: Target, content: TestContent['kind']): readonly string[] {
  switch (verdict.kind) {
    case 'accepted':
      return content === 'silent' ? acceptedSilently : accepted;
    case 'gone':
      return explainGone(target, verdict.since);
    case 'rejected':
      return rejected;
    case 'retry':
      return [
        `Try again ${verdict.afterMs === undefined ? 'later' : `in ${Math.ceil(verdict.afterMs / 1000)} s`}. If it stays so:`,
        network,
      ];
    case 'no-answer':
      return ['The push service, or the way to it, is silent:', network];
    case 'failed':
      return ['That is a mistake in the provider, not of the device; its line in the log above tells where.'];
    case 'interrupted':
      return [verdict.isUnderWay ? 'The push may have gone out.' : 'Nothing was pushed.'];
    default:
      return verdict satisfies never;
  }
}

const network = 'check name resolution, firewall and proxy between this machine and the push service.';

const accepted = [
  'The push service took it. If the device shows nothing: is it online, may the app notify the user, and is the app',
  'on it the one that this provider pushes for?',
];

const acceptedSilently = ['The push service took it. It shows nothing, and a device that saves power may pass over it.'];

const rejected = [
  'The push service refuses this push or our credentials; the device is fine. Compare the reason with the provider',
  'in the configuration. The registration was left as it is.',
];

function explainGone({ device, isRegistered }: Target, since: Date | undefined): readonly string[] {
  const left = isRegistered ? 'The registration was left as it is.' : 'If it is registered, the registration was left as it is.';
  if (since !== undefined && since < device.registeredAt)
    return ['The device was registered again since then, so that its registration counts as alive.', left];
  return [
    'The app was removed from the device, or the token is of another app or environment: the app must register again.',
    'If all devices are answered like this, the provider in the configuration is wrong instead.',
    left,
  ];
}

function reasonOf(verdict: Verdict): string | undefined {
  return 'reason' in verdict ? verdict.reason : undefined;
}
