import assert from 'node:assert/strict';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createSandboxApns, type SandboxApns } from '../../src/sandbox/apns/sandbox-apns.ts';
import { buildSigningKey } from '../../src/sandbox/authority.ts';
import { anna, apns, push, startTestApp, type TestApp } from '../helpers/app.ts';
import { ask, createTestFolder, startServer, type TestServer } from '../helpers/database/postgres.ts';
import { authority, issueFor, password, topic, withoutKey, wrap } from './certificates.ts';
import { admin, anybody, assertRefused, command, contentOf, fillIn, form, rowsOf, sessionOf } from './run-command.ts';

const node = 'set-apns-certificate';
const client = authority.issueClient([topic, `${topic}.voip`]);
const file = client.p12(password);
const base64 = file.toString('base64');
const key = randomBytes(32);
const recipe = 'make it with: base64 -w 0 PushCertificate.p12 (on macOS: base64 -i PushCertificate.p12)';
const refused = (why: string): string => `The certificate is not accepted: ${why}.`;
const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
const ends = dayOf(new Date(new X509Certificate(client.cert).validTo));

let database: TestServer;
let url: string;
let sandbox: SandboxApns;
let folder: string;
let app: TestApp;
let keyless: TestApp;

before(async () => {
  folder = await createTestFolder();
  const signingKey = buildSigningKey();
  writeFileSync(join(folder, 'ca.pem'), authority.ca);
  writeFileSync(join(folder, 'key.p8'), signingKey.p8);
  sandbox = await createSandboxApns({ authority, topics: [topic], keys: [signingKey] });
  const network = { 'ca-file': join(folder, 'ca.pem'), endpoint: sandbox.origin };
  const ownKey = { 'apns-topic': topic, 'key-file': join(folder, 'key.p8'), 'key-id': signingKey.keyId, 'team-id': signingKey.teamId };
  const providers = [
    { id: apns, use: 'apns', options: { ...network, 'apns-topic': topic } },
    { id: 'any-topic', use: 'apns', options: network },
    { id: 'by-key', use: 'apns', options: { ...network, ...ownKey } },
  ];
  database = await startServer('embedded');
  url = await database.createDatabase();
  app = await startTestApp({ database: { url, key }, providers });
  keyless = await startTestApp({ database: { url: await database.createDatabase() }, providers });
});
after(async () => {
  await Promise.all([app.close(), keyless.close()]);
  await Promise.all([database.close(), sandbox.close()]);
});

/** Each test on its own: the device of a random account gets a push, and the certificate that signed it comes back. */
async function pushAndSeeSerial(provider = apns): Promise<string | undefined> {
  const before = sandbox.pushes.length;
  const device = await app.register(randomBytes(32).toString('hex'), anna, provider);
  const answer = await app.ask(
    `<iq type='set' id='${device}' from='example.net' to='${push}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${device}'><item>` +
      `<notification xmlns='urn:xmpp:push:0'><x xmlns='jabber:x:data'><field var='last-message-body'><value>Hello</value></field></x></notification></item></publish></pubsub></iq>`,
  );
  assert.match(answer, /type="result"/);
  assert.equal(sandbox.pushes.length, before + 1);
  return sandbox.pushes.at(-1)?.certificateSerial;
}

function assertTaken(answer: string): void {
  assert.match(contentOf(answer, 'completed'), /<note type="info">/);
}

describe('set-apns-certificate', () => {
  test('shows a form with the providers that take a certificate, by id and topic', async () => {
    assert.equal(
      contentOf(await app.ask(command(node)), 'executing'),
      '<actions execute="complete"><complete/></actions><x xmlns="jabber:x:data" type="form"><title>Set APNS certificate</title>' +
        '<instructions>Checks a push certificate from Apple, keeps it encrypted in the database, and lets every instance use it from the next ' +
        'push on. Pushes under way are not lost.</instructions>' +
        '<field var="provider" type="list-single" label="Provider"><desc>The app that the certificate is for</desc><required/>' +
        `<option label="${apns} (${topic})"><value>${apns}</value></option><option label="any-topic"><value>any-topic</value></option></field>` +
        '<field var="certificate" type="text-multi" label="Certificate"><desc>What "base64 -w 0 PushCertificate.p12" prints, or PEM text with ' +
        'certificate and private key</desc><required/></field>' +
        '<field var="password" type="text-private" label="Password"><desc>Of the .p12 file, where it has one</desc></field></x>',
    );
  });

  test('a certificate that passes is answered with what it is, and the next push is signed with it', async () => {
    const answer = await fillIn(app, node, { provider: apns, certificate: base64, password });
    const subject = `UID=${topic}, CN=Apple Push Services: ${topic}`;
    assert.equal(
      contentOf(answer, 'completed'),
      '<x xmlns="jabber:x:data" type="result">' +
        `<field var="provider" type="text-single" label="Provider"><value>${apns}</value></field>` +
        `<field var="subject" type="text-single" label="Subject"><value>${subject}</value></field>` +
        `<field var="topics" type="text-multi" label="Topics"><value>${topic}</value><value>${topic}.voip</value></field>` +
        '<field var="environment" type="text-single" label="Environment"><value>not said by the certificate; this provider uses production</value></field>' +
        `<field var="expires" type="text-single" label="Ends on"><value>${ends}</value></field></x>` +
        `<note type="info">${apns} uses this certificate from now on. It ends on ${ends}.</note>`,
    );
    assert.equal(await pushAndSeeSerial(), new X509Certificate(client.cert).serialNumber);
  });

  test('base64 is taken in lines, as one value or many, with white space, as a data: URL and in one shot', async () => {
    const lines = wrap(base64);
    const many = lines.split('\n').map((line) => `<value>${line}</value>`);
    const shot = (certificate: string) =>
      `<x xmlns='jabber:x:data' type='submit'><field var='provider'><value>${apns}</value></field><field var='password'><value>${password}</value></field>` +
      `<field var='certificate'>${certificate}</field></x>`;
    const spellings = [many.join(''), `<value>${lines}\n</value>`, `<value>  ${lines.replaceAll('\n', ' \r\n\t')} </value>`];
    for (const certificate of [...spellings, `<value>data:application/x-pkcs12;base64,${base64}</value>`])
      assertTaken(await app.ask(command(node, shot(certificate), `action='complete'`)));
  });

  test('PEM text is taken, with its lines and without them, and as base64 of it', async () => {
    const pem = client.cert + client.key;
    for (const certificate of [pem, pem.replaceAll('\n', ' '), pem.replace(/\r?\n/g, ''), Buffer.from(pem).toString('base64')])
      assertTaken(await fillIn(app, node, { provider: apns, certificate }));
  });

  test('the same certificate again opens no new connection', async () => {
    await pushAndSeeSerial();
    const { total } = sandbox.connections;
    assertTaken(await fillIn(app, node, { provider: apns, certificate: client.cert + client.key }));
    await pushAndSeeSerial();
    assert.equal(sandbox.connections.total, total);
  });

  test('the environment that a certificate names is told', async () => {
    const environmentOf = async (services: readonly (1 | 2)[]) => {
      const answer = await fillIn(app, node, { provider: apns, certificate: issueFor(services) });
      return /label="Environment"><value>([^<]*)/.exec(contentOf(answer, 'completed'))?.[1];
    };
    assert.equal(await environmentOf([1, 2]), 'production and sandbox; this provider uses production');
    assert.equal(await environmentOf([2]), 'production; this provider uses production');
    assertTaken(await fillIn(app, node, { provider: apns, certificate: base64, password }));
  });

  test('a provider without a topic takes its own from the first certificate, and none of another app after it', async () => {
    assertTaken(await fillIn(app, node, { provider: 'any-topic', certificate: base64, password }));
    assert.match(await app.ask(command(node)), new RegExp(`label="any-topic \\(${topic}\\)"`));
    const other = authority.issueClient(['org.example.other']);
    const why = `it is for org.example.other, not for ${topic} like the one in use; if that is meant, set apns-topic in the configuration`;
    await assertRefused(app, node, { provider: 'any-topic', certificate: other.cert + other.key }, refused(why));
  });
});

describe('a certificate is refused in words', () => {
  const expired = authority.issueClient([topic], new Date('2025-03-04T05:06:07Z'));
  const foreign = authority.issueClient(['org.example.other']);
  const cases: readonly (readonly [what: string, values: () => Record<string, string>, text: string])[] = [
    ['with a wrong password', () => ({ certificate: base64, password: 'wrong' }), refused('the password does not open it')],
    ['without its password', () => ({ certificate: base64 }), refused('it is protected by a password, and none was given')],
    [
      'without a private key (.p12)',
      () => ({ certificate: withoutKey(client).toString('base64'), password }),
      refused('it holds no private key; export certificate and private key together'),
    ],
    [
      'without a private key (PEM)',
      () => ({ certificate: client.cert }),
      refused('it holds no private key; export certificate and private key together'),
    ],
    [
      'without a private key (.cer)',
      () => ({ certificate: new X509Certificate(client.cert).raw.toString('base64') }),
      refused('it is a certificate without its private key (.cer); export certificate and private key together, as .p12'),
    ],
    [
      'with the key of another',
      () => ({ certificate: client.cert + foreign.key }),
      refused('it holds a private key that does not belong to its certificate; export the pair again'),
    ],
    [
      'that has ended',
      () => ({ certificate: expired.p12(password).toString('base64'), password }),
      refused("it ended on 2025-03-04; make a new one in Apple's developer account"),
    ],
    [
      'of another app',
      () => ({ certificate: foreign.p12(password).toString('base64'), password }),
      refused(`it is for org.example.other, not for ${topic}`),
    ],
    [
      'for the sandbox only',
      () => ({ certificate: issueFor([1]) }),
      refused("it is for Apple's sandbox service only, and this provider is set to production (environment in the configuration)"),
    ],
    [
      'that is something else',
      () => ({ certificate: Buffer.from('hello').toString('base64') }),
      refused('it is neither a .p12 file nor PEM text'),
    ],
    [
      'that is damaged',
      () => ({ certificate: file.subarray(0, 500).toString('base64'), password }),
      refused('it is not a readable .p12 file'),
    ],
    [
      'that is no base64',
      () => ({ certificate: 'PushCertificate.p12', password }),
      `the certificate is not base64, or not all of it; ${recipe}`,
    ],
    [
      'that was cut off',
      () => ({ certificate: base64.slice(0, 1001), password }),
      `the certificate is not base64, or not all of it; ${recipe}`,
    ],
  ];
  for (const [what, values, text] of cases) {
    test(`one ${what}`, async () => {
      const before = await ask(url, 'SELECT sealed FROM credentials');
      await assertRefused(app, node, { provider: apns, ...values() }, text);
      assert.deepEqual(await ask(url, 'SELECT sealed FROM credentials'), before);
    });
  }

  test('one for a provider that has its credentials in the configuration, or does not exist', async () => {
    for (const provider of ['by-key', 'nobody'])
      await assertRefused(
        app,
        node,
        { provider, certificate: base64, password },
        `this provider takes no certificate; these do: ${apns}, any-topic`,
      );
  });

  test('one that is far too long, which is not sent back with the form', async () => {
    const session = sessionOf(await app.ask(command(node)));
    const filled = form({ provider: apns, certificate: 'A'.repeat(65_537) });
    const answer = await app.ask(command(node, filled, `sessionid='${session}' action='complete'`));
    assert.match(answer, /<error type="modify"><bad-request .*the certificate is longer than 64 KiB; make it with: base64 -w 0/);
    assert.ok(answer.length < 1_000);
  });

  test('any at all while there is no key to encrypt it with, and how to make one is said', async () => {
    const text =
      'Reveille has no key to encrypt certificates with. Make one with "openssl rand -base64 32", set it in the configuration as ' +
      'key under [database], the same for every instance, and restart.';
    const answer = contentOf(await fillIn(keyless, node, { provider: apns, certificate: base64, password }), 'executing');
    assert.ok(answer.includes(`<note type="error">${text}</note>`), answer);
  });

  test('the one in use stays in use', async () => {
    assert.equal(await pushAndSeeSerial(), new X509Certificate(client.cert).serialNumber);
  });

  test('none by somebody who is no administrator', async () => {
    const filled = form({ provider: apns, certificate: base64, password });
    for (const content of ['', filled]) assert.match(await app.ask(command(node, content, '', anybody)), /<error type="auth"><forbidden/);
    const list = `<query xmlns='http://jabber.org/protocol/disco#items' node='http://jabber.org/protocol/commands'/>`;
    const seenBy = (from: string) => app.ask(`<iq type='get' id='items-${from}' from='${from}' to='${push}'>${list}</iq>`);
    for (const hidden of [node, 'certificate-status']) {
      assert.ok(!(await seenBy(anybody)).includes(hidden));
      assert.ok((await seenBy(admin)).includes(hidden));
    }
  });
});

describe('certificate-status', () => {
  test('shows every provider in a table: state, source, topics, environment, end', async () => {
    const content = contentOf(await app.ask(command('certificate-status')), 'completed');
    assert.match(content, /<\/x><note type="info">3 of 3 providers are ready<\/note>$/);
    const today = dayOf(new Date());
    const daysLeft = String(Math.floor((new Date(new X509Certificate(client.cert).validTo).getTime() - Date.now()) / 86_400_000));
    const topics = `${topic}, ${topic}.voip`;
    assert.deepEqual(rowsOf(content), [
      [apns, 'ready', `uploaded ${today}`, topics, 'production', ends, daysLeft],
      ['any-topic', 'ready', `uploaded ${today}`, topics, 'production', ends, daysLeft],
      ['by-key', 'ready', 'configuration', topic, 'production', '', ''],
    ]);
  });

  test('says what is missing where it is', async () => {
    const content = contentOf(await keyless.ask(command('certificate-status')), 'completed');
    assert.match(content, /<note type="warn">1 of 3 providers is ready<\/note>/);
    const [row] = rowsOf(content);
    assert.deepEqual(row, [
      apns,
      'no certificate and no key; set cert-file or key-file, or upload a certificate',
      'none yet',
      '',
      'production',
      '',
      '',
    ]);
  });
});

test('nothing of certificates, passwords and keys is in the log or readable in the database', async () => {
  const log = app.log.join('\n');
  const [row] = await ask(url, "SELECT string_agg(credentials::text, E'\\n') AS all FROM credentials");
  const dump = String(row?.['all']);
  const body = client.key.split('\n')[5]!;
  const fingerprint = createHash('sha256').update(key).digest('hex');
  for (const text of [log, dump])
    for (const secret of [password, base64.slice(200, 260), body, key.toString('base64'), key.toString('hex'), fingerprint])
      assert.ok(!text.includes(secret));
  assert.match(log, /"event":"certificate-used"/);
});
