import type { ResponseHeaders } from '../server/exchange.ts';
import { buildBadRequest, buildErrorInfo, buildFcmError, type Detail, type Violation } from './details.ts';
import { buildErrorPage } from './error-page.ts';

/** An answer that is not 200. */
export interface Refusal {
  readonly status: number;
  /** The most exact name it has: errorCode, reason of an ErrorInfo, or status. */
  readonly reason: string;
  readonly headers: ResponseHeaders;
  readonly text: string;
  /** The text breaks off in the middle. */
  readonly isCutShort?: true;
}

/** What Google's error says. https://cloud.google.com/apis/design/errors#http_mapping */
export interface GoogleError {
  readonly code: number;
  readonly message: string;
  readonly status: string;
  readonly details?: readonly Detail[];
}

const fcmMetadata = { method: 'google.firebase.fcm.v1.FcmService.SendMessage', service: 'fcm.googleapis.com' };
const expected =
  'Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.';
const realm = 'Bearer realm="https://accounts.google.com/"';

export function buildRefusal(reason: string, error: GoogleError, headers: ResponseHeaders = {}): Refusal {
  const text = `${JSON.stringify({ error }, null, 2)}\n`;
  return { status: error.code, reason, headers: { 'content-type': 'application/json; charset=UTF-8', ...headers }, text };
}

/** No such path, or not by this method. */
export function buildPageRefusal(status: number, headers: ResponseHeaders = {}): Refusal {
  const reason = `page ${status}`;
  return { status, reason, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers }, text: buildErrorPage(status) };
}

export function refuseWithoutToken(): Refusal {
  const details = [buildErrorInfo('CREDENTIALS_MISSING', 'googleapis.com', fcmMetadata)];
  const message = `Request is missing required authentication credential. ${expected}`;
  return buildRefusal('CREDENTIALS_MISSING', { code: 401, message, status: 'UNAUTHENTICATED', details }, { 'www-authenticate': realm });
}

/** An access token that never was one, or has expired. */
export function refuseToken(isExpired: boolean): Refusal {
  const details = isExpired ? { details: [buildErrorInfo('ACCESS_TOKEN_EXPIRED', 'googleapis.com', fcmMetadata)] } : {};
  const message = `Request had invalid authentication credentials. ${expected}`;
  return buildRefusal(
    isExpired ? 'ACCESS_TOKEN_EXPIRED' : 'UNAUTHENTICATED',
    { code: 401, message, status: 'UNAUTHENTICATED', ...details },
    { 'www-authenticate': `${realm}, error="invalid_token"` },
  );
}

export function refusePermission(project: string): Refusal {
  const permission = 'cloudmessaging.messages.create';
  const resource = `projects/${project}`;
  const message = `Permission '${permission}' denied on resource '//cloudresourcemanager.googleapis.com/${resource}' (or it may not exist).`;
  const details = [buildErrorInfo('IAM_PERMISSION_DENIED', 'cloudresourcemanager.googleapis.com', { permission, resource })];
  return buildRefusal('PERMISSION_DENIED', { code: 403, message, status: 'PERMISSION_DENIED', details });
}

/** The request does not fit the API's definition: noticed before FCM itself sees it, hence without FcmError. */
export function refuseFields(violations: readonly Violation[]): Refusal {
  const message = violations.map(({ description }) => description).join('\n');
  return buildRefusal('BAD_REQUEST', { code: 400, message, status: 'INVALID_ARGUMENT', details: [buildBadRequest(violations)] });
}

/** FCM itself finds a field wrong. */
export function refuseMessage(field: string, message: string): Refusal {
  const details = [buildBadRequest([{ field, description: message }]), buildFcmError('INVALID_ARGUMENT')];
  return buildRefusal('BAD_REQUEST', { code: 400, message, status: 'INVALID_ARGUMENT', details });
}

/** INVALID_ARGUMENT that names no field, as for a token or a size. */
export function refuseArgument(message: string): Refusal {
  const details = [buildFcmError('INVALID_ARGUMENT')];
  return buildRefusal('INVALID_ARGUMENT', { code: 400, message, status: 'INVALID_ARGUMENT', details });
}
