import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { test } from 'node:test';
import { loadText, mistakesOf, withLine } from '../read.ts';

const text = withLine('component', 'ca-file = "ca.pem"');
const [one = '', other = ''] = rootCertificates;

test('trust anchors are read from the PEM file beside the configuration', () => {
  const config = loadText(text, {}, { 'etc/ca.pem': `some words\n${one}\n${other}\n` });
  assert.equal(config.component.ca, `${one}\n${other}`);
});

test('a trust anchor in DER is read, as Windows and macOS write it', () => {
  const config = loadText(text, {}, { 'etc/ca.pem': new X509Certificate(one).raw });
  assert.equal(new X509Certificate(config.component.ca ?? '').fingerprint256, new X509Certificate(one).fingerprint256);
});

test('a trust anchor file that is missing is a mistake', () => {
  assert.deepEqual(mistakesOf(text), [
    "component.ca-file: expected a PEM file of certificates, can't read /etc/ca.pem: there is no such file",
  ]);
});

test('a trust anchor file without a certificate is a mistake', () => {
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  for (const content of ['', 'no certificate', broken, `${one}\n${broken}`]) {
    assert.deepEqual(mistakesOf(text, {}, { 'etc/ca.pem': content }), [
      'component.ca-file: expected a PEM file of certificates, found no readable one in /etc/ca.pem',
    ]);
  }
});

test('a secret that stands where the path belongs is not told', () => {
  const [line, ...more] = mistakesOf(withLine('component', 'ca-file = { env = "SECRET" }'), { SECRET: 'hunter2' });
  const told = "can't read the file that the environment variable SECRET names: there is no such file";
  assert.deepEqual([line, more], [`component.ca-file: expected a PEM file of certificates, ${told}`, []]);
});

test('the certificate itself stands where its path belongs, from a variable, indented or with escaped line feeds', () => {
  const variable = withLine('component', 'ca-file = { env = "CA" }');
  for (const written of [one, one.replaceAll('\n', '\\n'), one.replaceAll('\n', '\n    '), one.replaceAll('\n', '\r\n')]) {
    const { ca = '' } = loadText(variable, { CA: written }).component;
    assert.equal(new X509Certificate(ca).fingerprint256, new X509Certificate(one).fingerprint256);
  }
});

test('a private key where a path belongs is named as one and not told', () => {
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const [line = '', ...more] = mistakesOf(withLine('component', 'ca-file = { env = "CA" }'), { CA: pem });
  assert.match(line, /^component\.ca-file: expected a PEM file of certificates, found no readable one in the environment variable CA$/);
  assert.deepEqual(more, []);
});
