import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createServer } from '../../src/base/node/http.ts';
import { createFolder } from '../config/folder.ts';
import { reveille } from './reveille.ts';

describe('health', { concurrency: true }, () => {
  test('of one that lives is 0, ready or not', async () => {
    await using server = await listen((request, response) => {
      response.writeHead(request.url === '/healthz' ? 200 : 503).end('{"status":"not ready"}');
    });
    assert.deepEqual(await askHealth(server.address), { exitCode: 0, out: 'alive\n', err: '' });
  });

  test('with --ready is 1 where it lives and is not ready, with what is missing', async () => {
    await using server = await listen((request, response) => {
      const isReadiness = request.url === '/readyz';
      response.writeHead(isReadiness ? 503 : 200).end(isReadiness ? '{"status":"not ready","component":"connecting"}' : '{}');
    });
    assert.deepEqual(await askHealth(server.address, '--ready'), {
      exitCode: 1,
      out: '',
      err: `${server.address}/readyz: {"status":"not ready","component":"connecting"}\n`,
    });
  });

  test('with --ready is 0 where it is ready', async () => {
    await using server = await listen((request, response) => void response.writeHead(request.url === '/readyz' ? 200 : 503).end('{}'));
    assert.deepEqual(await askHealth(server.address, '--ready'), { exitCode: 0, out: 'ready\n', err: '' });
  });

  test('is 1 where nobody listens', async () => {
    const server = await listen(() => undefined);
    await server[Symbol.asyncDispose]();
    assert.deepEqual(await askHealth(server.address), {
      exitCode: 1,
      out: '',
      err: `${server.address}/healthz: nobody listens there: Reveille does not run, or not yet\n`,
    });
  });

  test('is 1 where it takes connections and never answers', async () => {
    await using server = await listen(() => undefined);
    assert.deepEqual(await askHealth(server.address), {
      exitCode: 1,
      out: '',
      err: `${server.address}/healthz: no answer within 5 s\n`,
    });
  });

  test('is 1 where the answer is cut off', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined).on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { exitCode, err } = await askHealth(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.close();
    assert.deepEqual([exitCode, /\/healthz: aborted\n$/.test(err)], [1, true], err);
  });

  test('asks on this machine where it listens on every address', async () => {
    await using server = await listen((_request, response) => void response.end('{}'));
    const everywhere = server.address.replace('127.0.0.1', '0.0.0.0');
    assert.deepEqual(await askHealth(everywhere), { exitCode: 0, out: 'alive\n', err: '' });
  });

  test('goes on while the rest of the configuration is being changed and has mistakes', async () => {
    await using server = await listen((_request, response) => void response.end('{}'));
    const file = configure(`[component]\nsecret = { env = "NOT_SET" }\nno-such-key = 1\n[http]\nlisten = "${server.address}"\n`);
    assert.deepEqual(await reveille(['health', '--config', file]), { exitCode: 0, out: 'alive\n', err: '' });
  });

  test('says what keeps it from knowing where to ask', async () => {
    const cases: readonly (readonly [content: string, exitCode: number, words: RegExp])[] = [
      ['listen = "127.0.0.1:0"', 2, /^reveille health: http\.listen has port 0, so nobody knows where to ask: give it a port/],
      ['listen = 5281', 1, /^http\.listen: expected /],
      [
        'listen = { env = "NOT_SET" }',
        1,
        /^http\.listen: expected the environment variable NOT_SET to hold the value, found it not set\n$/,
      ],
    ];
    for (const [content, exitCode, words] of cases) {
      const ended = await reveille(['health', '--config', configure(`[http]\n${content}\n`)]);
      assert.deepEqual([ended.exitCode, ended.out], [exitCode, ''], content);
      assert.match(ended.err, words);
    }
    assert.deepEqual(await reveille(['health']), {
      exitCode: 2,
      out: '',
      err: 'reveille health: --config FILE is missing (see reveille health --help)\n',
    });
  });
});

interface Listening extends AsyncDisposable {
  readonly address: string;
}

async function listen(answer: RequestListener): Promise<Listening> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function configure(content: string): string {
  return join(createFolder({ 'reveille.toml': content }), 'reveille.toml');
}

function askHealth(address: string, ...options: string[]): ReturnType<typeof reveille> {
  return reveille(['health', '--config', configure(`[http]\nlisten = "${address}"\n`), ...options]);
}
