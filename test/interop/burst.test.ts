import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { push, startTestApp } from '../helpers/app.ts';

const registrations = 500;
const capture = readFileSync(new URL('../fixtures/stanzas/ejabberd-23.01-offline-secret-0.xml', import.meta.url), 'utf8').trim();

test('ejabberd wakes every registration at its start (wake_on_start), all at once: each publish gets its result', async () => {
  const app = await startTestApp();
  try {
    const nodes: string[] = [];
    for (let index = 0; index < registrations; index += 1) nodes.push(await app.register(`accept-${index}`, `user${index}@example.net`));
    const burst = nodes.map((node, index) =>
      capture
        .replace(/ from='[^']*'/, ` from='example.net'`)
        .replace(/ to='[^']*'/, ` to='${push}'`)
        .replace(/ id='[^']*'/, ` id='wake-${index}'`)
        .replace(/node='[^']*'/, `node='${node}'`)
        .replace(/<publish-options>.*<\/publish-options>/s, ''),
    );
    app.peer.write(burst.join(''));
    const answers = await Promise.all(burst.map((_, index) => app.peer.answerTo(`wake-${index}`)));
    assert.deepEqual([...new Set(answers.map(({ attrs }) => String(attrs['type'])))], ['result']);
  } finally {
    await app.close();
  }
});
