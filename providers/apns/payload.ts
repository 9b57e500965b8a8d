import type { Push } from '../../src/index.ts';
import { buildAps, type PayloadRules } from './alert.ts';
import { cases, type PushCase, type Subject } from './cases.ts';
import type { PushKind } from './push-kind.ts';
import { fit } from './size.ts';

/** A push as APNs takes it, but for its address. */
export interface ApnsMessage extends PushKind {
  readonly case: string;
  /** What its `apns-collapse-id` is made from; undefined where it replaces nothing. */
  readonly subject: Subject | undefined;
  readonly payload: string;
}

/** The push of the first case that matches. A call goes to the second token where `push` has one. */
export function buildMessage(push: Push, rules: PayloadRules): ApnsMessage {
  const row = caseOf(push);
  const { payload, keys } = fit({ aps: buildAps(row.kind, rules), ...rules.extra }, row.buildKeys(push, rules.privacy), row.kind.maxBytes);
  return { ...row.kind, case: row.name, subject: row.subjectOf(push, keys), payload };
}

function caseOf(push: Push): PushCase {
  const found = cases.find((row) => row.matches(push));
  if (found === undefined) throw new Error('the last case matches everything');
  return found;
}
