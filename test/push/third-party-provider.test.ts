import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createLog } from '../../src/log/log.ts';
import { loadProvider } from '../../src/push/loading/load-providers.ts';
import { startTestApp } from '../helpers/app.ts';
import type { TestApp } from '../helpers/app.ts';

/** What somebody who has only read the documentation would write: plain JavaScript, one file, no import of ours. */
const module = `
import { appendFileSync } from 'node:fs';
export default function create(options, tools) {
  return {
    async push(push) {
      appendFileSync(tools.resolvePath(options.file), JSON.stringify({ provider: tools.name, ...push }) + '\\n');
      return { kind: 'accepted', id: push.id };
    },
    status: () => ({ ready: true }),
    close: async () => {},
  };
}`;

describe('a provider outside the repository', () => {
  let folder: string;
  let app: TestApp;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'third-party-'));
    await writeFile(join(folder, 'provider.mjs'), module);
    const provider = { id: 'acme', use: join(folder, 'provider.mjs'), options: { file: join(folder, 'pushes') } };
    app = await startTestApp({ providers: [provider] });
  });
  after(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  test('a folder with one file is loaded by the configuration alone and receives a push', async () => {
    const node = await app.register('their-token', 'anna@example.net', 'acme');
    const answer = await app.ask(
      `<iq type='set' id='p' from='example.net' to='push.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item>` +
        `<notification xmlns='urn:xmpp:push:0'><x xmlns='jabber:x:data'><field var='last-message-body'><value>Hello</value></field></x></notification></item></publish></pubsub></iq>`,
    );
    assert.equal(answer, '<iq type="result" id="p" from="push.test" to="example.net"/>');
    const { provider, account, token, notification } = JSON.parse(await readFile(join(folder, 'pushes'), 'utf8')) as Record<
      string,
      unknown
    >;
    const expected = { provider: 'acme', account: 'anna@example.net', token: 'their-token', notification: { body: 'Hello' } };
    assert.deepEqual({ provider, account, token, notification }, expected);
  });

  test('its path is taken relative to the configuration file', async () => {
    const provider = await loadProvider(
      { id: 'acme', use: './provider.mjs', options: { file: 'pushes' } },
      join(folder, 'reveille.toml'),
      createLog('silent'),
    );
    assert.deepEqual(provider.status(), { ready: true });
    await provider.close();
  });

  const mistakes: Readonly<Record<string, readonly [source: string, complaint: RegExp]>> = {
    'without a default export': ['export const x = 1;', /no default export that creates a provider/],
    'that creates something else': ['export default () => 42;', /did not create a provider: push, status and close are expected/],
    'that refuses its options': ["export default () => { throw new Error('key-file: no such file'); };", /key-file: no such file/],
    'with a syntax error': ['export default (', /can't be loaded as a provider/],
  };
  for (const [name, [source, complaint]] of Object.entries(mistakes)) {
    test(`one ${name} is refused in words`, async () => {
      const file = join(folder, `${name.replaceAll(' ', '-')}.mjs`);
      await writeFile(file, source);
      await assert.rejects(
        loadProvider({ id: 'acme', use: file, options: {} }, join(folder, 'reveille.toml'), createLog('silent')),
        complaint,
      );
    });
  }

  const missing: Readonly<Record<string, RegExp>> = {
    apsn: /"apsn" can't be loaded as a provider: no built-in provider and no installed package has this name, did you mean "apns"\?/,
    './nowhere.mjs': /"\.\/nowhere\.mjs" can't be loaded as a provider: no such file: .*nowhere\.mjs/,
  };
  for (const [use, complaint] of Object.entries(missing)) {
    test(`${use}, which is not there, is refused with what to do`, () =>
      assert.rejects(loadProvider({ id: 'acme', use, options: {} }, join(folder, 'reveille.toml'), createLog('silent')), complaint));
  }

  test('a package that is not there is refused in words', () =>
    assert.rejects(
      loadProvider({ id: 'acme', use: 'no-such-package', options: {} }, join(folder, 'reveille.toml'), createLog('silent')),
      /no-such-package/,
    ));
});
