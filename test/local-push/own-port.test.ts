import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, request, type Server } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import { listCertificateMistakes } from '../../src/app/build-local-push.ts';
import type { LocalPushConfig } from '../../src/config/sections/local-push.ts';
import { examineDevicePort } from '../../src/doctor/local-push.ts';
import { renewCertificate } from '../../src/http/tls/renewal.ts';
import { loadServerCertificate, type CertificateFiles } from '../../src/http/tls/server-certificate.ts';
import { openListener } from '../../src/http/listener.ts';
import { createLog } from '../../src/log/log.ts';
import { buildAuthority, type CertificateAndKey } from '../../src/sandbox/authority.ts';
import { createTestFolder } from '../helpers/database/postgres.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { connectDevice, proofOf, type Message } from './device.ts';
import { openScene, type Scene } from './scene.ts';

const authority = buildAuthority();
const own = { host: '127.0.0.1', port: 0 };

function place(folder: string, { cert, key }: CertificateAndKey): CertificateFiles {
  const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  writeFileSync(`${files.certFile}.new`, cert);
  writeFileSync(`${files.keyFile}.new`, key);
  renameSync(`${files.keyFile}.new`, files.keyFile);
  renameSync(`${files.certFile}.new`, files.certFile);
  return files;
}

function ask(port: number, path: string, method = 'GET'): Promise<IncomingMessage> {
  const asked = request({ host: '127.0.0.1', port, path, method, ca: authority.ca, agent: false }).end();
  return once(asked, 'response').then(([response]) => response as IncomingMessage);
}

describe("local push's own port, with a certificate,", () => {
  let scene: Scene;
  let port: number;
  before(async () => {
    const certificate = place(await createTestFolder(), authority.server);
    scene = await openScene({ own: { listen: own, certificate } });
    port = scene.app.localPushPort ?? 0;
  });
  after(() => scene.close());

  test('takes WebSockets over TLS, and a push comes that way', async () => {
    const phone = await scene.phone();
    const heard: Message[] = [];
    const socket = new WebSocket(`wss://127.0.0.1:${port}/local-push`, 'reveille.local-push.1', { ca: authority.ca });
    socket.on('message', (data) => {
      const message = JSON.parse((data as Buffer).toString()) as Message;
      heard.push(message);
      if (message.type === 'challenge') socket.send(JSON.stringify(proofOf({ heard: [message] }, phone)));
      if (message.type === 'push') socket.send(JSON.stringify({ type: 'ack', id: message['id'] }));
    });
    await waitFor('the welcome', () => heard.find(({ type }) => type === 'welcome'));
    assert.equal(await scene.publish(phone.node, ''), 'result');
    assert.equal(heard.filter(({ type }) => type === 'push').length, 1);
    assert.equal(scene.stage.tries.length, 0);
    socket.terminate();
  });

  test('takes server-sent events over TLS', async () => {
    const response = await ask(port, '/local-push/events');
    assert.equal(response.statusCode, 200);
    const [first] = (await once(response, 'data')) as [Buffer];
    assert.match(first.toString(), /"type":"challenge"/);
    response.destroy();
  });

  test('has nothing of the HTTP port, and that one goes on as before', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics', '/rest/push/unregister-device/push.example.org', '/']) {
      const response = await ask(port, path);
      assert.equal(response.statusCode, 404, path);
      response.resume();
    }
    const phone = await scene.phone();
    const device = await connectDevice(scene.port, phone);
    device.close();
  });

  test('refuses what speaks no TLS', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).write('GET /local-push HTTP/1.1\r\nHost: a\r\n\r\n');
    const closed = once(socket, 'close');
    const seen: Buffer[] = [];
    socket.on('data', (data: Buffer) => seen.push(data));
    await closed;
    assert.doesNotMatch(Buffer.concat(seen).toString('latin1'), /HTTP\/1\.1 (101|200)/);
  });
});

test("local push's own port without a certificate is for a reverse proxy", async () => {
  const scene = await openScene({ own: { listen: own, certificate: undefined } });
  try {
    const device = await connectDevice(scene.app.localPushPort ?? 0, await scene.phone());
    device.close();
    assert.equal((await fetch(`http://127.0.0.1:${String(scene.app.localPushPort)}/metrics`)).status, 404);
  } finally {
    await scene.close();
  }
});

test('with a certificate that can not be used the program does not start, and says which option is wrong', async () => {
  const certificate = { ...place(await createTestFolder(), authority.server), keyFile: '/nowhere.pem' };
  await assert.rejects(openScene({ own: { listen: own, certificate } }), (error) => {
    assert.ok(error instanceof AggregateError);
    assert.deepEqual(error.errors.map(String), ["Error: local-push.key-file: can't read the file that it names: there is no such file"]);
    return true;
  });
});

test('a handshake that never ends holds no stop up', async () => {
  const certificate = place(await createTestFolder(), authority.server);
  const listener = await openListener(
    { listen: own, certificate, trustProxy: false, handle: () => undefined },
    createLog('error', process.stderr),
  );
  const socket = connect(listener.port, '127.0.0.1');
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  // The server has it as soon as a later one has been served.
  await new Promise<void>((resolve) => {
    const later = connectTls({ port: listener.port, host: '127.0.0.1', ca: authority.ca }, () => resolve(void later.destroy()));
  });
  await listener.close();
  await closed;
});

describe('the certificate of a port', () => {
  const lines: { readonly event: string }[] = [];
  const log = createLog('info', { write: (line: string) => lines.push(JSON.parse(line) as { event: string }) > 0 });
  let folder: string;
  let server: Server;
  before(async () => {
    folder = await createTestFolder();
    server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => server.close());

  const heard = (event: string) => waitFor(event, () => lines.find((line) => line.event === event));

  async function serialShown(): Promise<string> {
    const { port } = server.address() as { port: number };
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  }

  test('is renewed while it runs, stays where the new one can not be used, and is complained of before it ends', async () => {
    const files = place(folder, authority.server);
    const first = loadServerCertificate(files);
    server.setSecureContext(first);
    const stop = renewCertificate(server, files, first, log, 10);
    try {
      const old = await serialShown();
      writeFileSync(files.certFile, 'no certificate');
      await heard('listener-certificate-not-replaced');
      assert.equal(await serialShown(), old);
      const soon = new Date(Date.now() + 3 * 24 * 3600 * 1000);
      place(folder, authority.issueClient(['org.example'], soon));
      await heard('listener-certificate-replaced');
      assert.notEqual(await serialShown(), old);
      await heard('listener-certificate-ends');
      assert.equal(lines.filter(({ event }) => event === 'listener-certificate-ends').length, 1);
    } finally {
      stop();
    }
  });

  test('that can not be used is a mistake in words, without what the files hold', async () => {
    const files = place(await createTestFolder(), authority.server);
    const other = place(await createTestFolder(), buildAuthority().server);
    const locked = join(await createTestFolder(), 'locked.pem');
    writeFileSync(
      locked,
      createPrivateKey(authority.server.key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
    );
    const mistakes = (changes: Partial<CertificateFiles>) =>
      listCertificateMistakes({ localPush: { own: { listen: own, certificate: { ...files, ...changes } } } as LocalPushConfig });
    assert.deepEqual(mistakes({}), []);
    assert.deepEqual(mistakes({ certFile: authority.server.cert, keyFile: authority.server.key.replaceAll('\n', '\\n') }), []);
    assert.deepEqual(mistakes({ certFile: '/nowhere.pem' }), [
      "local-push.cert-file: can't read the file that it names: there is no such file",
    ]);
    assert.deepEqual(mistakes({ certFile: files.keyFile }), ['local-push.cert-file: there is no certificate in PEM in it']);
    assert.deepEqual(mistakes({ keyFile: files.certFile }), ['local-push.key-file: there is no private key in PEM in it']);
    assert.deepEqual(mistakes({ keyFile: other.keyFile }), ['local-push.key-file: this is not the key of the certificate of cert-file']);
    assert.match(mistakes({ keyFile: locked }).join(), /the key is protected by a password; store it without/);
  });

  test('is read as other tools leave it', async () => {
    const place = await createTestFolder();
    const files = { certFile: join(place, 'cert.pem'), keyFile: join(place, 'key.pem') };
    writeFileSync(files.certFile, `\ufeff${authority.server.cert.replaceAll('\n', '\r\n')}`);
    writeFileSync(files.keyFile, Buffer.from(`\ufeff${authority.server.key}`, 'utf16le'));
    assert.match(loadServerCertificate(files).names, /localhost/);
  });

  test('is looked at by doctor', async () => {
    const at = async (pair: CertificateAndKey) =>
      examineDevicePort({ listen: own, certificate: place(await createTestFolder(), pair) }, undefined);
    const soon = authority.issueClient(['org.example'], new Date(Date.now() + 24 * 3600 * 1000));
    const past = authority.issueClient(['org.example'], new Date(Date.now() - 1000));
    assert.match((await at(authority.server)).found, /the port is free; the certificate \(DNS:localhost.*\) ends on \d{4}-\d\d-\d\d$/);
    assert.deepEqual(
      [await at(authority.server), await at(soon), await at(past)].map(({ verdict }) => verdict),
      ['ok', 'warning', 'failed'],
    );
  });
});
