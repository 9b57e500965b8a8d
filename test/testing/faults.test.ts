import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOfOutcome } from '../../src/testing/judging/outcome-faults.ts';
import { faultsOfStatus } from '../../src/testing/judging/status-faults.ts';
import { faultsOfTokenVerdict } from '../../src/testing/judging/token-verdict-faults.ts';

const now = new Date();

const outcomes: readonly (readonly [outcome: unknown, faults: readonly RegExp[]])[] = [
  [{ kind: 'accepted' }, []],
  [{ kind: 'accepted', id: 'a', remember: 'x'.repeat(256) }, []],
  [{ kind: 'accepted', id: undefined }, []],
  [{ kind: 'accepted', id: 7 }, [/^id: /]],
  [{ kind: 'accepted', remember: 'x'.repeat(257) }, [/^remember: 257 characters/]],
  [{ kind: 'accepted', remember: 'a\0b' }, [/^remember: .*NUL/]],
  [{ kind: 'gone' }, []],
  [{ kind: 'gone', since: now }, []],
  [{ kind: 'gone', since: now.getTime() }, [/^since: /]],
  [{ kind: 'gone', since: now.toISOString() }, [/^since: /]],
  [{ kind: 'gone', since: new Date(NaN) }, [/^since: /]],
  [{ kind: 'gone', reason: 'dead' }, [/^reason: not a field/]],
  [{ kind: 'rejected', reason: 'no' }, []],
  [{ kind: 'rejected' }, [/^reason: /]],
  [{ kind: 'rejected', reason: ' ' }, [/^reason: /]],
  [{ kind: 'rejected', reason: new Error('no') }, [/^reason: /]],
  [{ kind: 'rejected', reason: '<html>'.repeat(100) }, [/^reason: 600 characters/]],
  [{ kind: 'retry', reason: 'busy', afterMs: 0 }, []],
  [{ kind: 'retry', reason: 'busy', afterMs: -1 }, [/^afterMs: /]],
  [{ kind: 'retry', reason: 'busy', afterMs: Infinity }, [/^afterMs: /]],
  [{ kind: 'retry', reason: 'busy', afterMs: '5' }, [/^afterMs: /]],
  [{ kind: 'retry', reason: 'busy', afterMS: 5 }, [/^afterMS: not a field/]],
  [{ kind: 'toString' }, [/^kind: /]],
  [{}, [/^kind: /]],
  ['accepted', [/no outcome/]],
  [undefined, [/no outcome/]],
  [null, [/no outcome/]],
];

const statuses: readonly (readonly [status: unknown, faults: readonly RegExp[]])[] = [
  [{ ready: true }, []],
  [{ ready: false, reason: 'no key' }, []],
  [{ ready: true, sessions: 0, credentialExpiresAt: now }, []],
  [{ ready: 'yes' }, [/^ready: /]],
  [{ ready: false }, [/^reason: /]],
  [{ ready: false, reason: '' }, [/^reason: /]],
  [{ ready: true, sessions: 0.5 }, [/^sessions: /]],
  [{ ready: true, sessions: -1 }, [/^sessions: /]],
  [{ ready: true, credentialExpiresAt: new Date(NaN) }, [/^credentialExpiresAt: /]],
  [{ ready: true, credentialExpiresAt: now.getTime() }, [/^credentialExpiresAt: /]],
  [Promise.resolve({ ready: true }), [/promise/]],
  [undefined, [/no status/]],
];

const verdicts: readonly (readonly [verdict: unknown, faults: readonly RegExp[]])[] = [
  [{ kind: 'token', token: 'a' }, []],
  [{ kind: 'token' }, [/^token: /]],
  [{ kind: 'token', token: '' }, [/^token: /]],
  [{ kind: 'token', token: Buffer.from('a') }, [/^token: /]],
  [{ kind: 'token', token: 'a', reason: 'good' }, [/^reason: not a field/]],
  [{ kind: 'refused', reason: 'is no token' }, []],
  [{ kind: 'refused' }, [/^reason: /]],
  [{ kind: 'refused', reason: ' ' }, [/^reason: /]],
  [{ kind: 'refused', reason: 'two\nlines' }, [/^reason: more than one line/]],
  [{ kind: 'refused', reason: 'x'.repeat(201) }, [/^reason: 201 characters/]],
  [{ kind: 'perhaps' }, [/^kind: /]],
  [Promise.resolve({ kind: 'token', token: 'a' }), [/promise/]],
  [true, [/no verdict/]],
  [undefined, [/no verdict/]],
  [null, [/no verdict/]],
];

function expectFaults(found: readonly string[], expected: readonly RegExp[]): void {
  assert.equal(found.length, expected.length, found.join('\n'));
  for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? '', pattern);
}

test('what is wrong with an outcome is told field by field', () => {
  for (const [outcome, faults] of outcomes) expectFaults(faultsOfOutcome(outcome), faults);
});

test('what is wrong with a status is told field by field', () => {
  for (const [status, faults] of statuses) expectFaults(faultsOfStatus(status), faults);
});

test('what is wrong with a verdict on a token is told field by field', () => {
  for (const [verdict, faults] of verdicts) expectFaults(faultsOfTokenVerdict(verdict), faults);
});
