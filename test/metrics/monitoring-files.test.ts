import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { ensurePackages } from '../../scripts/apt.ts';
import { startProgram, type Program } from '../log/program.ts';
import { playAll } from '../log/story.ts';

const root = join(import.meta.dirname, '../..');
const rulesFile = join(root, 'etc/prometheus/reveille-rules.yml');
const dashboardFile = join(root, 'etc/grafana/reveille.json');
const promtoolLimitMs = 60_000;

/** Contract §10, the process defaults by their samples, and what the alerts need beside it. */
const promised =
  'reveille_publishes_total{answer} reveille_pushes_total{provider,outcome} reveille_push_seconds_bucket{provider,le} reveille_answer_seconds_bucket{le} ' +
  'reveille_in_flight{provider} reveille_deferred{provider} reveille_deferred_oldest_seconds{provider} reveille_devices{provider} reveille_dialect_devices{dialect} ' +
  'reveille_registrations_total{command,result} reveille_component_up reveille_component_reconnects_total reveille_http2_sessions{provider} ' +
  'reveille_http2_goaways_total{provider,reason} reveille_credential_expiry_timestamp_seconds{provider} reveille_dead_tokens_total{provider} ' +
  'reveille_local_connections{transport} reveille_local_pushes_total{provider,end} reveille_local_instances reveille_local_devices_elsewhere ' +
  'reveille_provider_ready{provider} process_cpu_seconds_total process_resident_memory_bytes nodejs_eventloop_lag_p99_seconds nodejs_heap_size_used_bytes';

interface Panel {
  readonly title: string;
  readonly description?: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: unknown }[] };
}

const dashboard = JSON.parse(readFileSync(dashboardFile, 'utf8')) as Dashboard;
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const expressions = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
const rules = readFileSync(rulesFile, 'utf8');

/** Names of metrics in a text of PromQL or YAML. */
const namesIn = (text: string) => new Set(text.match(/\b(?:reveille|process|nodejs)_[a-z\d_]+/g));

/** The Debian package `prometheus` brings promtool. In CI nothing is skipped in silence. */
async function promtoolOrSkip(): Promise<string | false> {
  const result = await ensurePackages(['prometheus']);
  if (typeof result === 'string') return false;
  const reason = `needs ${result.missing.join(' ')}: ${result.reason}`;
  if (process.env['CI'] !== undefined) throw new Error(reason);
  process.stderr.write(`skipped: ${reason}\n`);
  return reason;
}

async function promtool(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)('promtool', [...args], { timeout: promtoolLimitMs });
  return stdout + stderr;
}

describe('promtool', { skip: await promtoolOrSkip() }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-test-'));
  after(() => rmSync(folder, { recursive: true }));

  /** A rules file with this expression as its only rule. */
  function writeRule(expr: string): string {
    const file = join(folder, 'rule.yml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'g', rules: [{ record: 'r', expr }] }] }));
    return file;
  }

  test('accepts the alert rules', async () => {
    assert.match(await promtool('check', 'rules', rulesFile), /SUCCESS: \d+ rules found/);
  });

  for (const file of ['reveille-rules.test.yml', 'reveille-credential-rules.test.yml'])
    test(`sees alerts fire and fall silent as ${file} tells`, async () => {
      assert.match(await promtool('test', 'rules', join(import.meta.dirname, file)), /SUCCESS/);
    });

  test('parses every expression of the dashboard', async () => {
    for (const { title, expr } of expressions) {
      const filled = expr.replaceAll('$__rate_interval', '5m').replace(/\$\w+/g, '.*');
      await assert.doesNotReject(promtool('check', 'rules', writeRule(filled)), `${title}: ${filled}`);
    }
  });

  test('refuses an expression that is none', async () => {
    await assert.rejects(promtool('check', 'rules', writeRule('sum(rate(reveille_pushes_total[5m])')));
  });

  test('finds nothing to complain about in our own metrics', async () => {
    const program = await startProgram();
    const scrape = await program.get('/metrics').finally(() => program.close());
    const file = join(folder, 'scrape.prom');
    writeFileSync(file, scrape);
    const complaints = await promisify(execFile)('sh', ['-c', `promtool check metrics < ${file} 2>&1 || true`], {
      timeout: promtoolLimitMs,
    });
    assert.deepEqual(complaints.stdout.split('\n').filter((line) => line.startsWith('reveille_')), []); // prettier-ignore
  });
});

describe('a scrape of the whole program', () => {
  let program: Program;
  let atStart: string;
  let scrape: string;
  before(async () => {
    program = await startProgram();
    atStart = await program.get('/metrics');
    await playAll(program);
    scrape = await program.get('/metrics');
  });
  after(() => program.close());

  const samples = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const has = (text: string, name: string, labels: readonly string[]) =>
    samples(text).some(
      (line) => line.startsWith(labels.length === 0 ? `${name} ` : `${name}{`) && labels.every((label) => line.includes(`${label}="`)),
    );

  for (const one of promised.split(' ')) {
    test(`has ${one} from the start`, () => {
      const [name = '', labels = ''] = one.replace('}', '').split('{');
      assert.ok(has(atStart, name, labels === '' ? [] : labels.split(',')), atStart);
    });
  }

  test('has every metric that the alerts and the dashboard name', () => {
    const known = new Set(samples(atStart).map((line) => /^[a-z\d_]+/.exec(line)?.[0] ?? ''));
    const variables = dashboard.templating.list.map(({ query }) => JSON.stringify(query)).join(' ');
    const named = namesIn([rules, variables, ...expressions.map(({ expr }) => expr)].join('\n'));
    assert.ok(named.size > 15);
    assert.deepEqual([...named].filter((name) => !known.has(name)), []); // prettier-ignore
  });

  test('counts what happened', () => {
    const value = (series: string) =>
      Number(
        samples(scrape)
          .find((line) => line.startsWith(`${series} `))
          ?.split(' ')[1],
      );
    const sum = (prefix: string) =>
      samples(scrape).reduce((total, line) => total + (line.startsWith(prefix) ? Number(line.split(' ').at(-1)) : 0), 0);
    assert.ok(value('reveille_publishes_total{answer="result"}') > 20);
    assert.ok(value('reveille_publishes_total{answer="item-not-found"}') > 2);
    assert.ok(value('reveille_publishes_total{answer="internal-server-error"}') > 5);
    assert.equal(value('reveille_publishes_total{answer="bad-request"}'), 1);
    assert.equal(value('reveille_answer_seconds_count'), sum('reveille_publishes_total{'));
    assert.ok(value('reveille_pushes_total{provider="android",outcome="accepted"}') > 5);
    assert.equal(value('reveille_dead_tokens_total{provider="android"}'), 1);
    assert.equal(value('reveille_dead_tokens_total{provider="iphone"}'), 1);
    assert.equal(value('reveille_http2_goaways_total{provider="iphone",reason="Shutdown"}'), 1);
    assert.equal(value('reveille_http2_goaways_total{provider="android",reason="ENHANCE_YOUR_CALM"}'), 1);
    assert.equal(value('reveille_registrations_total{command="register-device",result="completed"}'), 8);
    assert.equal(value('reveille_registrations_total{command="register-device",result="bad-request"}'), 1);
    assert.equal(value('reveille_registrations_total{command="register-device",result="internal-server-error"}'), 1);
    // By command, and over REST.
    assert.equal(value('reveille_registrations_total{command="unregister-device",result="item-not-found"}'), 2);
    assert.equal(value('reveille_component_up'), 1);
    assert.equal(value('reveille_in_flight{provider="android"}'), 0);
    assert.equal(value('reveille_provider_ready{provider="blabbing"}'), 1);
  });

  test('has no token, node, JID or text in a label, and a bounded number of series', () => {
    for (const word of Object.values(program.words)) assert.ok(!scrape.includes(word), word);
    const own = samples(scrape).filter((line) => line.startsWith('reveille_'));
    assert.ok(own.length < 400, String(own.length));
    assert.equal(own.length, new Set(own.map((line) => line.replace(/ [^ ]*$/, ''))).size, 'each series once');
  });
});

describe('the dashboard', () => {
  test('explains every panel, and lets every expression be narrowed to an instance', () => {
    assert.ok(panels.length >= 15);
    for (const { title, description } of panels) assert.ok(description !== undefined && description.length > 5, title);
    for (const { title, expr } of expressions) assert.ok(expr.includes('$instance'), title);
  });
});

describe('the alert rules', () => {
  test('each say what is wrong and what to do', () => {
    const alerts = rules.split('- alert: ').slice(1);
    assert.ok(alerts.length >= 12);
    for (const alert of alerts) {
      assert.match(alert, /severity: (info|warning|critical)/, alert);
      assert.match(alert, /summary: \S+/, alert);
      assert.match(alert, /description: >-\n\s+\S+/, alert);
    }
  });
});
