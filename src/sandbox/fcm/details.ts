/** A field of the request and what is wrong with it; no field where the request as a whole is meant. */
export interface Violation {
  readonly field?: string;
  readonly description: string;
}

/** One of `error.details`. https://cloud.google.com/apis/design/errors#error_details */
export type Detail = Readonly<Record<string, unknown>>;

export function buildFcmError(errorCode: string): Detail {
  return { '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode };
}

export function buildBadRequest(fieldViolations: readonly Violation[]): Detail {
  return { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations };
}

export function buildErrorInfo(reason: string, domain: string, metadata: Readonly<Record<string, string>>): Detail {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain, metadata };
}

export function buildQuotaFailure(subject: string, description: string): Detail {
  return { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ subject, description }] };
}
