import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import { topicsOf } from '../../../providers/apns/credentials/topics.ts';
import { buildAuthority } from '../../../src/sandbox/authority.ts';

const topic = 'org.example.app';

/** A certificate for the topic, with this byte in the place of the topic's first within Apple's extension. */
function issue(byte: number): X509Certificate {
  const { cert } = buildAuthority().issueClient([topic]);
  const der = Buffer.from(new X509Certificate(cert).raw);
  der[der.lastIndexOf(topic)] = byte;
  return new X509Certificate(der);
}

test('the topics are those of the subject and of the extension, each once', () => {
  assert.ok(topicsOf(issue('o'.charCodeAt(0))).includes(topic));
});

test('a topic that is no UTF-8 is no reason to stumble', () => {
  const topics = topicsOf(issue(0xff));
  assert.ok(
    topics.some((one) => one.endsWith('rg.example.app') && one !== topic),
    topics.join(),
  );
});
