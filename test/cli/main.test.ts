import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { commands } from '../../src/cli/commands.ts';
import { readKnownSchema } from '../../src/registry/postgres/schema.ts';
import { createFolder } from '../config/folder.ts';
import { reveille } from './reveille.ts';

test('--version prints the version of package.json', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  assert.deepEqual(await reveille(['--version']), { exitCode: 0, out: `${version}\n`, err: '' });
});

test('--version --verbose tells what an upgrade depends on', async () => {
  const { exitCode, out, err } = await reveille(['--version', '--verbose']);
  assert.deepEqual([exitCode, err], [0, '']);
  assert.match(
    out,
    new RegExp(
      `^reveille: \\d+\\.\\d+\\.\\d+\nschema: ${await readKnownSchema()}\nbackup format: \\d+\nembedded PostgreSQL: \\d+\\.\\d+\nNode\\.js: ${process.versions.node}\n$`,
    ),
  );
});

test('--help lists every command', async () => {
  const { exitCode, out, err } = await reveille(['--help']);
  assert.deepEqual([exitCode, err], [0, '']);
  for (const { name, summary } of commands) assert.match(out, new RegExp(`^ {2}${name} +${summary.replace(/[()]/g, '.')}$`, 'm'));
});

for (const { name, options = [] } of commands) {
  test(`${name} --help shows its options and runs nothing`, async () => {
    const { exitCode, out, err } = await reveille([name, '--help']);
    assert.deepEqual([exitCode, err], [0, '']);
    assert.match(out, new RegExp(`^(Usage: )?reveille ${name}\\b`));
    for (const [flag] of options) assert.ok(out.includes(flag));
  });
}

/** Command line, and the one line it is answered with. */
const misunderstood: readonly (readonly [args: readonly string[], line: string])[] = [
  [[], 'reveille: no command given (see reveille --help)'],
  [['chekc'], 'reveille: unknown command chekc, did you mean check? (see reveille --help)'],
  [['--verison'], 'reveille: unknown option --verison (see reveille --help)'],
  [['check'], 'reveille check: --config FILE is missing (see reveille check --help)'],
  [['check', '--config'], "reveille check: Option '--config <value>' argument missing (see reveille check --help)"],
  [['check', '--confg', 'x'], 'reveille check: unknown option --confg, did you mean --config? (see reveille check --help)'],
  [['check', 'file.toml'], 'reveille check: unexpected argument file.toml (see reveille check --help)'],
  [['check', '--config', '/nowhere/x.toml'], "reveille check: can't read /nowhere/x.toml: there is no such file"],
];

for (const [args, line] of misunderstood) {
  test(`"reveille ${args.join(' ')}" ends with 2 and one line`, async () => {
    assert.deepEqual(await reveille(args), { exitCode: 2, out: '', err: `${line}\n` });
  });
}

test('a failure is one line; the stack is for those who ask', async () => {
  const folder = createFolder({
    data: 'a file where a folder is needed',
    'reveille.toml':
      '[component]\njid = "p.example.org"\nsecret = "x"\n[log]\nlevel = "silent"\n[database]\ndata-dir = "data/data"\n[providers.x]\nuse = "log"\n',
  });
  const args = ['migrate', '--config', join(folder, 'reveille.toml')];
  const plain = await reveille(args);
  assert.deepEqual([plain.exitCode, plain.out], [1, '']);
  assert.match(plain.err, /^reveille migrate failed: .*REVEILLE_DEBUG=1.*\n$/);
  const verbose = await reveille(args, { REVEILLE_DEBUG: '1' });
  assert.equal(verbose.exitCode, 1);
  assert.match(verbose.err, /\n +at /);
});
