import assert from 'node:assert/strict';
import type { Rule } from '../rule.ts';
import { strangeTokens } from '../strange-tokens.ts';

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
      const known = new Set<string>(strangeTokens.map((token) => token.toLowerCase()));
      const others = (trial.scene.tokens?.() ?? []).filter((token) => !known.has(token.toLowerCase()));
      assert.deepEqual(others, [], 'the service got pushes to tokens that nobody pushed to');
    },
  },
];
