import type { Outcome } from '../../index.ts';

const longestReason = 500;
const longestNote = 256;

type Check = (value: unknown) => string | undefined;

const kinds: Readonly<Record<Outcome['kind'], Readonly<Record<string, Check>>>> = {
  accepted: { id: optional(faultOfId), remember: optional(faultOfNote) },
  gone: { since: optional(faultOfDate) },
  rejected: { reason: faultOfReason },
  retry: { reason: faultOfReason, afterMs: optional(faultOfDuration), onlyThis: optional(faultOfTrue) },
};

/** What is wrong with what a push settled with; nothing, if it is an outcome. */
export function faultsOfOutcome(outcome: unknown): string[] {
  if (typeof outcome !== 'object' || outcome === null) return [`${String(outcome)} is no outcome`];
  const { kind, ...fields } = outcome as Readonly<Record<string, unknown>>;
  if (!isKind(kind)) return [`kind: ${String(kind)} is none of ${Object.keys(kinds).join(', ')}`];
  const checks = kinds[kind];
  const unknown = Object.keys(fields).filter((name) => !Object.hasOwn(checks, name));
  const faults = Object.entries(checks).map(([name, check]) => prefix(name, check(fields[name])));
  return [...unknown.map((name) => `${name}: not a field of ${kind}`), ...faults.flat()];
}

function isKind(kind: unknown): kind is Outcome['kind'] {
  return typeof kind === 'string' && Object.hasOwn(kinds, kind);
}

function prefix(name: string, fault: string | undefined): string[] {
  return fault === undefined ? [] : [`${name}: ${fault}`];
}

function optional(check: Check): Check {
  return (value) => (value === undefined ? undefined : check(value));
}

function faultOfId(id: unknown): string | undefined {
  return typeof id === 'string' && id !== '' ? undefined : 'not a text, or empty';
}

function faultOfNote(note: unknown): string | undefined {
  if (typeof note !== 'string') return 'not a text';
  if (note.includes('\0')) return 'has a NUL, which no database keeps';
  return note.length > longestNote ? `${note.length} characters, at most ${longestNote} are kept` : undefined;
}

function faultOfDate(date: unknown): string | undefined {
  return date instanceof Date && !Number.isNaN(date.getTime()) ? undefined : 'not a valid Date';
}

function faultOfReason(reason: unknown): string | undefined {
  if (typeof reason !== 'string' || reason.trim() === '') return 'not a text, or empty';
  return reason.length > longestReason ? `${reason.length} characters, too many for a line of the log` : undefined;
}

function faultOfTrue(value: unknown): string | undefined {
  return value === true ? undefined : 'neither true nor absent';
}

function faultOfDuration(ms: unknown): string | undefined {
  return typeof ms === 'number' && Number.isFinite(ms) && ms >= 0 ? undefined : `${String(ms)} is no duration`;
}
