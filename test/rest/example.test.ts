import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { createFolder } from '../config/folder.ts';
import { anna, startTestApp, type TestApp } from '../helpers/app.ts';
import { call } from './client.ts';

const page = readFileSync('docs/rest.md', 'utf8');
const [, file = '', code = ''] = /<!-- example: (\S+) -->\n\n```js\n(.*?)```/s.exec(page) ?? [];

let app: TestApp;
before(async () => {
  process.env['LAB_TOKEN'] = 'lab';
  app = await startTestApp({ http: { rest: createFolder({ [file]: code }) } });
});
after(() => app.close());

const ask = (body: unknown, authorization = 'Bearer lab') =>
  call({
    port: app.app.httpPort,
    path: `/rest/${file.replace('.mjs', '')}`,
    headers: { authorization, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

test('the handler of docs/rest.md does what the page says', async () => {
  await app.register('one');
  await app.register('two');
  const reply = await ask({ account: anna, 'device-tokens': ['one', 'two', 'three'] });
  assert.deepEqual([reply.status, reply.body], [200, '{"removed":2}']);
  assert.ok(app.log.some((line) => line.includes('"event":"lab-unregistered"')));
});

test('it refuses strangers and nonsense, and no request is too much for it', async () => {
  assert.equal((await ask({ account: anna, 'device-tokens': [] }, 'Bearer x')).status, 401);
  for (const body of [null, {}, [], { account: 1 }, { account: anna }]) assert.equal((await ask(body)).status, 404);
  const tokens = Array.from({ length: 25 }, (_, n) => `t-${n}`);
  assert.equal((await ask({ account: 'bob@example.net', 'device-tokens': tokens })).status, 200);
  assert.equal((await ask({ account: 'bob@example.net', 'device-tokens': tokens })).status, 429);
});
