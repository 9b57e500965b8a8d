import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Failures } from '../../src/admin/failures/failures.ts';
import { createLog } from '../../src/log/log.ts';
import { overhear, type Overheard } from '../../src/log/overheard.ts';
import { buildPseudonyms } from '../../src/log/pseudonyms.ts';

const pseudonyms = buildPseudonyms('secret');
const warn = (event: string, fields: Overheard['fields'] = {}): Overheard => ({ level: 'warn', event, fields });

test('the same failure again counts up and comes first; what the log left out counts too', () => {
  const failures = new Failures(() => new Date(0));
  failures.hear(warn('push', { provider: 'a', outcome: 'retry', reason: 'ServiceUnavailable, wait 3 s' }));
  failures.hear(warn('disk-low'));
  failures.hear(warn('push', { provider: 'a', outcome: 'retry', reason: 'ServiceUnavailable, wait 5 s', passedOver: 40 }));
  failures.hear(warn('push', { provider: 'b', outcome: 'retry', reason: 'ServiceUnavailable, wait 5 s' }));
  assert.deepEqual(
    failures.list().map(({ provider, words, count }) => [provider, words, count]),
    [
      ['b', 'pushes are not delivered now, and are tried again: ServiceUnavailable, wait 5 s', 1],
      ['a', 'pushes are not delivered now, and are tried again: ServiceUnavailable, wait 5 s', 42],
      [undefined, 'the disk is almost full', 1],
    ],
  );
});

test('no more than fifty are kept, whatever happens', () => {
  const failures = new Failures();
  for (let n = 0; n < 200; n += 1) failures.hear(warn('push', { reason: `reason ${String.fromCharCode(97 + (n % 26))}${'x'.repeat(n)}` }));
  assert.equal(failures.list().length, 50);
});

test('an event without a sentence is told by its name, and what the log advises comes before ours', () => {
  const failures = new Failures();
  failures.hear(warn('moon-is-full', { obstacle: 'too bright', advice: 'wait' }));
  failures.hear(warn('constructor'));
  assert.deepEqual(
    failures.list().map(({ words, advice }) => [words, advice]),
    [
      ['constructor', undefined],
      ['moon is full: too bright', 'wait'],
    ],
  );
});

test('warnings and errors are heard as they may be written, children included, and written as before', () => {
  const lines: string[] = [];
  const heard: Overheard[] = [];
  const log = overhear(createLog('error', { write: (line: string) => lines.push(line) }, pseudonyms), pseudonyms, (line) =>
    heard.push(line),
  );
  log.info('ready');
  log.debug('push');
  log.child({ connection: 1 }).warn('component-down', { reason: 'anna@example.org said so', secret: 'hush' });
  log.error('handler-failed', { owner: 'anna@example.org' });
  assert.deepEqual(heard, [
    {
      level: 'warn',
      event: 'component-down',
      fields: { connection: 1, reason: `${pseudonyms.jid('anna@example.org')} said so`, secret: '[secret]' },
    },
    { level: 'error', event: 'handler-failed', fields: { owner: pseudonyms.jid('anna@example.org') } },
  ]);
  assert.equal(lines.length, 1);
});

test('every warning and error that is written somewhere has a sentence', () => {
  const root = join(import.meta.dirname, '../..');
  const files = ['src', 'providers'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(root, top, file)),
  );
  const events = new Set(
    files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/[lL]og\.(?:warn|error)\('([a-z\d-]+)'/g)].map(([, event = '']) => event),
    ),
  );
  assert.ok(events.size > 30, `${events.size} events`);
  const unsaid = [...events].filter((event) => {
    const failures = new Failures();
    failures.hear(warn(event));
    return failures.list()[0]?.words === event.replaceAll('-', ' ');
  });
  assert.deepEqual(unsaid, []);
});
