import type { SandboxAnswer } from './apns/desk.ts';
import type { SandboxFcmAnswer, SandboxTokenRequest } from './fcm/sandbox-fcm.ts';
import type { SandboxWebpushAnswer } from './webpush/sandbox-webpush.ts';

type Payload = Readonly<Record<string, unknown>>;

/** What is shown of an answer, whichever service gave it. */
export interface AnswerReport {
  readonly service: 'apns' | 'fcm' | 'webpush';
  readonly status: number;
  readonly reason: string | undefined;
  /** What the push is about, as far as it shows. */
  readonly case: string;
  /** Topic, project or urgency. */
  readonly place: string;
  /** What only this service has, for programs. */
  readonly own: Readonly<Record<string, string | undefined>>;
  readonly token: string;
  readonly bytes: number;
  readonly payload: Payload | undefined;
}

export function reportApns(answer: SandboxAnswer): AnswerReport {
  const { status, reason, topic, token, pushType, bytes, payload } = answer;
  const isMessage = pushType === undefined || pushType === 'alert';
  const place = topic ?? '(no topic)';
  return {
    service: 'apns',
    status,
    reason,
    case: isMessage ? nameOf(payload) : pushType,
    place,
    own: { topic, pushType },
    token,
    bytes,
    payload,
  };
}

export function reportFcm(answer: SandboxFcmAnswer): AnswerReport {
  const { status, reason, project, priority, token, bytes, data, isValidateOnly } = answer;
  const name = isValidateOnly ? 'validation' : nameOf(data);
  const place = project || '(no project)';
  return { service: 'fcm', status, reason, case: name, place, own: { project, priority }, token, bytes, payload: data };
}

export function reportWebpush(answer: SandboxWebpushAnswer): AnswerReport {
  const { status, reason, urgency, topic, token, bytes, text } = answer;
  const payload = text === undefined ? undefined : (parseObject(text) ?? { text });
  return { service: 'webpush', status, reason, case: nameOf(payload), place: urgency, own: { urgency, topic }, token, bytes, payload };
}

/** One line about a push and its answer; the payload only where asked for. */
export function describeAnswer(report: AnswerReport, showPayload: boolean): string {
  const { status, reason, place, token, bytes, payload } = report;
  const words = [status, reason, report.case, place, `token ${token.slice(0, 6)}…`, `${bytes} bytes`];
  const line = words.filter((word) => word !== undefined).join('  ');
  return showPayload && payload !== undefined ? `${line}  ${JSON.stringify(payload)}` : line;
}

/** The same for programs: one JSON object. */
export function encodeAnswer(report: AnswerReport, showPayload: boolean): string {
  const { service, status, reason, own, token, bytes, payload } = report;
  const fields = { event: 'push', service, status, reason, case: report.case, ...own, token: token.slice(0, 6), bytes };
  return JSON.stringify(showPayload ? { ...fields, payload } : fields);
}

/** One line about a token exchange that was refused. */
export function describeTokenRefusal({ status, error, description }: SandboxTokenRequest): string {
  return [status, error, 'access token', description].filter((word) => word !== undefined).join('  ');
}

export function encodeTokenRefusal({ status, error, description }: SandboxTokenRequest): string {
  return JSON.stringify({ event: 'token', service: 'fcm', status, error, description });
}

function nameOf(payload: Payload | undefined): string {
  return payload?.['encrypted'] === undefined ? 'message' : 'encrypted message';
}

function parseObject(text: string): Payload | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Payload) : undefined;
  } catch {
    return undefined; // apps may be sent any text
  }
}
