import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createServer } from '../../src/base/node/http.ts';
import { describeStep } from '../../src/cli/tail/describe-step.ts';
import { follow } from '../../src/cli/tail/follow.ts';
import { buildPseudonyms } from '../../src/log/pseudonyms.ts';
import { adminToken, anna, apns, push, startTestApp } from '../helpers/app.ts';
import { plainEnv } from '../helpers/plain-env.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { createFolder } from '../config/folder.ts';
import { reveille } from './reveille.ts';

const main = join(import.meta.dirname, '../../src/main.ts');

/** Nothing else of the configuration matters, mistakes included. */
function writeConfig(port: number, token = adminToken): string {
  const toml = `[component]\nsecret = { env = "NOT_SET" }\n[admin]\nlisten = "127.0.0.1:${port}"\ntoken = "${token}"\n`;
  return join(createFolder({ 'reveille.toml': toml }), 'reveille.toml');
}

describe('reveille tail', { concurrency: true }, () => {
  test('shows each push as it happens, and ends well with Ctrl-C', async () => {
    const app = await startTestApp({ admin: {} });
    const config = writeConfig(app.app.admin?.port ?? 0);
    const child = spawn(process.execPath, [main, 'tail', '--config', config, '--owner', anna], { env: plainEnv });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const ended = once(child, 'close') as Promise<[number | null]>;
    try {
      const token = `accept-${'1'.repeat(20)}`;
      const node = await app.register(token);
      await waitFor('it to follow', () => err.includes('following pushes at'));
      await app.ask(
        `<iq type='set' id='p' from='example.net' to='${push}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'/></pubsub></iq>`,
      );
      await waitFor('three lines', () => out.split('\n').length > 3);
      const names = buildPseudonyms(app.config.component.secret);
      const who = `${apns}  ${names.jid(anna)}  ${names.node(node)}`;
      const shown = out.trim().split('\n').map((line) => line.replace(/^\d\d:\d\d:\d\d\.\d{3} {2}[\da-f]{12} {2}/, '').replace(/\d+ ms/, 'N ms')); // prettier-ignore
      assert.deepEqual(shown, [`${who}  published (update)`, `${who}  handed to the provider`, `${who}  accepted after N ms`]);
      assert.ok(!out.includes(anna) && !out.includes(token) && !out.includes(node));
      child.kill('SIGINT');
      assert.deepEqual(await ended, [0, null]);
      assert.ok(!`${out}${err}`.includes(adminToken));
    } finally {
      child.kill('SIGKILL');
      await app.close();
    }
  });

  test('without [admin], with a bad token there, or without a configuration says what is missing', async () => {
    const none = join(createFolder({ 'reveille.toml': '[component]\n' }), 'reveille.toml');
    const [missing, short, nothing] = await Promise.all([
      reveille(['tail', '--config', none]),
      reveille(['tail', '--config', writeConfig(1, 'short')]),
      reveille(['tail']),
    ]);
    assert.deepEqual([missing.exitCode, missing.out], [2, '']);
    assert.match(missing.err, /^reveille tail: .*reveille\.toml has no \[admin\]: set token there/);
    assert.equal(short.exitCode, 1);
    assert.match(
      short.err,
      /^admin\.token: expected at least 16 letters, digits and signs without blanks .*, found a string \(not shown\)\n$/,
    );
    assert.deepEqual([nothing.exitCode, nothing.err], [2, 'reveille tail: --config FILE is missing (see reveille tail --help)\n']);
  });
});

describe('following pushes', () => {
  const heard: [string, unknown][] = [];
  async function ask(listener: RequestListener) {
    const server = createServer(listener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    heard.splice(0);
    const { port } = server.address() as AddressInfo;
    const target = { host: '127.0.0.1', port, token: adminToken, filter: { provider: 'a&b', outcome: undefined } };
    const onEvent = async (name: string, data: unknown) => void heard.push([name, data]);
    try {
      return await follow(target, { onEvent, onOpen: () => undefined }, AbortSignal.timeout(20_000));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  test('hears events however they are cut up, and that the connection has ended', async () => {
    const end = await ask((request, response) => {
      assert.deepEqual([request.url, request.headers.authorization], ['/api/pushes?provider=a%26b', `Bearer ${adminToken}`]);
      const bytes = Buffer.from(': here\n\nevent: push\ndata: {"id":"ä"}\n\nevent: dropped\ndata: {"count":3}\n\n');
      for (const byte of bytes) response.write(Buffer.of(byte));
      response.end();
    });
    assert.deepEqual(heard, [['push', { id: 'ä' }], ['dropped', { count: 3 }]]); // prettier-ignore
    assert.deepEqual(end, { kind: 'lost', words: 'Reveille has ended the connection' });
  });

  test('does not try again what is refused for good, and does what may be otherwise in a while', async () => {
    const refuse = (status: number, body: string) => ask((_request, response) => response.writeHead(status).end(body));
    assert.deepEqual(await refuse(401, '{"error":"this is not the token"}'), { kind: 'refused', words: 'this is not the token' });
    assert.deepEqual(await refuse(400, '{"error":"outcome"}'), { kind: 'refused', words: 'outcome' });
    assert.deepEqual(await refuse(404, '<html>'), {
      kind: 'refused',
      words: 'answers 404: it is no Reveille, or one without a status page',
    });
    for (const status of [429, 503]) assert.equal((await refuse(status, '{"error":"later"}')).kind, 'lost');
  });

  test('gives up a stream that is none, without keeping it', async () => {
    const end = await ask((_request, response) => {
      const write = () => {
        if (!response.destroyed) response.write('x'.repeat(16 * 1024), write);
      };
      write();
    });
    assert.deepEqual(end, { kind: 'lost', words: 'what came is not the stream of a Reveille' });
  });

  test('finds nobody where nobody listens', async () => {
    const target = { host: '127.0.0.1', port: 1, token: 't', filter: {} };
    const end = await follow(target, { onEvent: async () => undefined, onOpen: () => undefined }, AbortSignal.timeout(20_000));
    assert.deepEqual(end, { kind: 'lost', words: 'nobody listens there: Reveille does not run, or not yet' });
  });
});

test('a line says when, which push, whose, and what; what is not known stands as it came, and nothing paints over the terminal', () => {
  const common = {
    id: '56db10da-9f3c-4429-821c-08ab251db6db',
    at: '2026-11-30T18:10:41.434Z',
    provider: 'p',
    owner: 'jid:1',
    device: 'node:2',
  };
  const head = '18:10:41.434  08ab251db6db  p  jid:1  node:2  ';
  const say = (rest: object) => describeStep('push', { ...common, ...rest });
  assert.equal(say({ step: 'publish', kind: 'call' }), `${head}published (call)`);
  assert.equal(say({ step: 'decision', decision: 'kept', reason: 'busy' }), `${head}kept in the database, to be tried again: busy`);
  assert.equal(
    say({ step: 'outcome', outcome: 'retry', reason: '503\n\u001b[2J', ms: 12.6 }),
    `${head}not delivered now after 13 ms: 503 [2J`,
  );
  assert.equal(say({ step: 'outcome', outcome: 'new' }), `${head}new`);
  assert.equal(
    describeStep('push', { ...common, provider: undefined, owner: undefined, step: 'outcome', outcome: 'unknown', reason: 'no such node' }),
    '18:10:41.434  08ab251db6db  -  -  node:2  refused: no such node',
  );
  assert.match(describeStep('dropped', { count: 7 }), /^… 7 steps left out/);
  assert.equal(describeStep('moon', { full: true }), 'moon {"full":true}');
});
