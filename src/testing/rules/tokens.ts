import assert from 'node:assert/strict';
import type { Rule } from '../rule.ts';

const longestToken = 4096;

/** All of them can be registered: a client may say what it likes. */
const strangeTokens = [
  '',
  ' ',
  '/',
  '.',
  '../../../admin/users',
  '%2e%2e%2fadmin%2fusers',
  '?token=another&admin=1',
  '#fragment-of-a-token',
  'https://elsewhere.example/token',
  '//elsewhere.example/token',
  'two\nlines-of-a-token',
  'header\r\nx-injected: yes',
  'tab\tbed-token',
  '"quoted", "token": "another"',
  '{"token": "another"}',
  '__proto__',
  'ünïcödé-👻-token',
  '\u202eright-to-left-token',
  'x'.repeat(longestToken),
];

export const tokenRules: readonly Rule[] = [
  {
    name: 'survives tokens that no service gave, and sends none to anybody else',
    async check(trial) {
      const provider = await trial.create();
      for (const token of strangeTokens) {
        const push = trial.buildPush(undefined, { token });
        await trial.arrange('accepted', push);
        trial.expect(await trial.push(provider, push), ['accepted', 'gone', 'rejected', 'retry'], JSON.stringify(token).slice(0, 50));
      }
      const known = new Set(strangeTokens.map((token) => token.toLowerCase()));
      const others = (trial.scene.tokens?.() ?? []).filter((token) => !known.has(token.toLowerCase()));
      assert.deepEqual(others, [], 'the service got pushes to tokens that nobody pushed to');
    },
  },
];
