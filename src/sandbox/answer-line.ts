import type { SandboxAnswer } from './apns/desk.ts';

/** One line about a push and its answer; the payload only where asked for. */
export function describeAnswer(answer: SandboxAnswer, showPayload: boolean): string {
  const { status, reason, topic, token, bytes, payload } = answer;
  const words = [status, reason, caseOf(answer), topic ?? '(no topic)', `token ${token.slice(0, 6)}…`, `${bytes} bytes`];
  const line = words.filter((word) => word !== undefined).join('  ');
  return showPayload && payload !== undefined ? `${line}  ${JSON.stringify(payload)}` : line;
}

/** The same for programs: one JSON object. */
export function encodeAnswer(answer: SandboxAnswer, showPayload: boolean): string {
  const { status, reason, topic, token, pushType, bytes, payload } = answer;
  const fields = { event: 'push', status, reason, case: caseOf(answer), topic, pushType, token: token.slice(0, 6), bytes };
  return JSON.stringify(showPayload ? { ...fields, payload } : fields);
}

/** What the push is about, as far as it shows. */
function caseOf({ pushType, payload }: SandboxAnswer): string {
  if (pushType !== undefined && pushType !== 'alert') return pushType;
  return payload?.['encrypted'] === undefined ? 'message' : 'encrypted message';
}
