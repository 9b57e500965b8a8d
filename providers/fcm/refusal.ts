import { hideRandom } from './hide-random.ts';
import { isObject, parseObject } from './parse-object.ts';

/** An answer other than 200, as far as it can be read (`google.rpc.Status` in JSON). */
export interface Refusal {
  readonly status: number;
  /** `errorCode` of FcmError: what FCM itself says, and not the machinery before it. */
  readonly errorCode: string | undefined;
  /** `error.status`, a name of google.rpc.Code. */
  readonly rpcStatus: string | undefined;
  /** `reason` of ErrorInfo: what the machinery before FCM says. */
  readonly infoReason: string | undefined;
  /** `error.message`, without what it may quote of the request. */
  readonly message: string;
  /** The fields a BadRequest blames; undefined where there is no BadRequest. */
  readonly blamed: readonly string[] | undefined;
}

const word = /^[A-Z_]{1,64}$/;

/** Never throws: what can't be read is absent. */
export function parseRefusal(status: number, body: string): Refusal {
  const { error } = parseObject(body);
  const { status: rpcStatus, message, details } = isObject(error) ? error : {};
  const all: readonly unknown[] = Array.isArray(details) ? details : [];
  const find = (type: string) => all.filter(isObject).find(({ '@type': name }) => typeof name === 'string' && name.endsWith(type));
  return {
    status,
    errorCode: wordOf(find('google.firebase.fcm.v1.FcmError')?.['errorCode']),
    rpcStatus: wordOf(rpcStatus),
    infoReason: wordOf(find('google.rpc.ErrorInfo')?.['reason']),
    message: typeof message === 'string' ? hideRandom(message).slice(0, 300) : '',
    blamed: fieldsOf(find('google.rpc.BadRequest')),
  };
}

function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' && word.test(value) ? value : undefined;
}

function fieldsOf(badRequest: Readonly<Record<string, unknown>> | undefined): readonly string[] | undefined {
  if (badRequest === undefined) return undefined;
  const { fieldViolations } = badRequest;
  const violations: readonly unknown[] = Array.isArray(fieldViolations) ? fieldViolations : [];
  return violations.map((violation) => (isObject(violation) && typeof violation['field'] === 'string' ? violation['field'] : ''));
}
