import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { buildPseudonyms } from '../../src/log/pseudonyms.ts';

const page = readFileSync(new URL('../../docs/monitoring.md', import.meta.url), 'utf8');

test('the command in docs/monitoring.md computes what stands in the log', () => {
  const command = /```sh\n(node -e .*) anna@example\.net\n```/.exec(page)?.[1];
  assert.ok(command);
  const run = (jid: string) =>
    execFileSync('sh', ['-c', `${command.replace(/^node/, `"${process.execPath}"`)} "$0"`, jid], {
      env: { REVEILLE_SECRET: 'a-secret' },
      encoding: 'utf8',
    }).trim();
  assert.equal(run('anna@example.net'), buildPseudonyms('a-secret').jid('anna@example.net/Siskin'));
  assert.equal(run('ANNA@example.net'), buildPseudonyms('a-secret').jid('anna@example.net'));
});

test('docs/monitoring.md explains every metric of ours that the dashboard shows, and every alert', () => {
  const read = (file: string) => readFileSync(new URL(`../../etc/${file}`, import.meta.url), 'utf8');
  const metrics = new Set(
    read('grafana/reveille.json')
      .match(/\breveille_[a-z\d_]+/g)
      ?.map((name) => name.replace(/_bucket$/, '')),
  );
  assert.ok(metrics.size > 14);
  for (const metric of metrics) assert.ok(page.includes(`\`${metric}\``), metric);
  for (const [, alert = ''] of read('prometheus/reveille-rules.yml').matchAll(/- alert: (\w+)/g))
    assert.ok(page.includes(alert.replace(/^ReveilleCredentialEndsWithin(7Days|ADay)$/, '…$1')), alert);
});
