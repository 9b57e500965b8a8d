import type { Outcome } from './provider.ts';

/** What came of a push, in words without its reason. */
export function nameOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'accepted':
      return 'accepted';
    case 'gone':
      return outcome.since === undefined ? 'gone: the token is dead' : `gone: the token is dead since ${outcome.since.toISOString()}`;
    case 'rejected':
      return 'rejected';
    case 'retry':
      return 'not delivered now';
    default:
      return outcome satisfies never;
  }
}

/** The same with its reason, on one line: the words of services and third parties stay on it. */
export function describeOutcome(outcome: Outcome): string {
  const name = nameOutcome(outcome);
  return 'reason' in outcome ? `${name}: ${flatten(outcome.reason)}` : name;
}

/** A text of somebody else without line breaks and control characters, which could paint over a terminal. */
export function flatten(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}
