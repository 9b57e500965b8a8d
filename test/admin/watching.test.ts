import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTestApp, type TestApp } from '../helpers/app.ts';
import { ask } from './client.ts';

describe('the status page shows', () => {
  let app: TestApp;
  before(async () => {
    app = await startTestApp({ admin: {} });
  });
  after(() => app.close());

  test('how the program is doing', async () => {
    await app.register('a'.repeat(64));
    const { status, json } = await ask(app, '/api/state');
    assert.equal(status, 200);
    assert.equal(json.ready, true);
  });
});
