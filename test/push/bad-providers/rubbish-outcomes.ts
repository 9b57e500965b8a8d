/** What is no outcome, though JavaScript lets a provider settle with it. */
export const rubbish: Readonly<Record<string, () => unknown>> = {
  nothing: () => undefined,
  null: () => null,
  'a text': () => 'accepted',
  'no kind': () => ({}),
  'an unknown kind': () => ({ kind: 'delivered' }),
  'an id that is no text': () => ({ kind: 'accepted', id: 7 }),
  'a note that is no text': () => ({ kind: 'accepted', remember: {} }),
  'a time that is no Date': () => ({ kind: 'gone', since: '2026-11-22' }),
  'a Date that is no time': () => ({ kind: 'gone', since: new Date(NaN) }),
  'no reason': () => ({ kind: 'rejected' }),
  'a reason that is no text': () => ({ kind: 'retry', reason: 503 }),
  'a wait that is no number': () => ({ kind: 'retry', reason: 'later', afterMs: NaN }),
  'a restriction that is not true': () => ({ kind: 'retry', reason: 'later', onlyThis: 'yes' }),
  'a wait without end': () => ({ kind: 'retry', reason: 'later', afterMs: Infinity }),
  'fields that throw': () => ({
    get kind(): string {
      throw new Error('no kind');
    },
  }),
  'a thenable that throws': () => ({
    then() {
      throw new Error('no promise');
    },
  }),
};
