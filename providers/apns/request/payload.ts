import type { Push } from '../../../src/index.ts';
import { buildContent } from '../../payload/content.ts';
import { fit } from '../../payload/fit.ts';
import { caseOf, type Subject } from '../../payload/push-cases.ts';
import { buildDialectPayload } from '../dialects/dialects.ts';
import { buildAps, type PayloadRules } from './alert.ts';
import { kindOf, type PushKind } from '../push-kind.ts';
import { buildSealedPayload } from './sealed.ts';

/** A push as APNs takes it, but for its address. */
export interface ApnsMessage extends PushKind {
  /** Its name among the cases of providers/payload. */
  readonly case: string;
  /** What its `apns-collapse-id` is made from; undefined where it replaces nothing. */
  readonly subject: Subject | undefined;
  readonly payload: string;
}

/** What stands beside `aps`: contract of `Provider.contentOf`. */
export function readContent(push: Push, { privacy, extra }: PayloadRules): Readonly<Record<string, unknown>> {
  const dialect = buildDialectPayload(push, privacy);
  if (dialect === undefined) return { ...extra, ...buildContent(push, privacy) };
  return Object.fromEntries(Object.entries(dialect.payload).filter(([key]) => key !== 'aps'));
}

/** The push of the first case that matches, or what an app of another app server reads. A call goes to the second token where `push` has one. */
export function buildMessage(push: Push, rules: PayloadRules): ApnsMessage {
  if (push.sealed !== undefined) {
    const { kind, payload } = buildSealedPayload(push, push.sealed);
    return { ...kind, case: 'sealed', subject: undefined, payload };
  }
  const dialect = buildDialectPayload(push, rules.privacy);
  if (dialect !== undefined) {
    const payload = JSON.stringify({ ...(dialect.takesExtra === true ? rules.extra : {}), ...dialect.payload });
    return { ...dialect.kind, case: 'dialect', subject: undefined, payload };
  }
  const row = caseOf(push);
  const kind = kindOf(row.manner, push);
  const fixed = { aps: buildAps(kind, rules), ...rules.extra };
  const { payload, keys } = fit((kept) => JSON.stringify({ ...fixed, ...kept }), row.buildKeys(push, rules.privacy), kind.maxBytes);
  return { ...kind, case: row.name, subject: row.subjectOf(push, keys), payload };
}
