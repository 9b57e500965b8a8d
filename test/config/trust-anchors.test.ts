import assert from 'node:assert/strict';
import { rootCertificates } from 'node:tls';
import { test } from 'node:test';
import { loadText, mistakesOf, withLine } from './read.ts';

const text = withLine('component', 'ca-file = "ca.pem"');
const [one = '', other = ''] = rootCertificates;

test('trust anchors are read from the PEM file beside the configuration', () => {
  const config = loadText(text, {}, { 'etc/ca.pem': `some words\n${one}\n${other}\n` });
  assert.equal(config.component.ca, `${one}\n${other}`);
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
  assert.deepEqual([line, more], ["component.ca-file: expected a PEM file of certificates, can't read it: there is no such file", []]);
});
