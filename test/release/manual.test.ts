import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { writeManual } from '../../scripts/release/manual/write-manual.ts';
import { commands } from '../../src/cli/commands.ts';
import { createTestFolder } from '../helpers/database/postgres.ts';
import { epochSeconds, root } from './built.ts';

const run = promisify(execFile);
const limits = { timeout: 60_000 };

let share: string;
before(async () => {
  share = await createTestFolder();
  await writeManual(root, share, '1.2.3', epochSeconds);
});
after(() => rm(share, { recursive: true, force: true }));

/** Skipped where the program is not to be had, except in CI. */
const skipWithout = (...programs: string[]): string | false =>
  programs.some((program) => existsSync(program)) || process.env['CI'] === 'true' ? false : `no ${programs.join(' or ')} here`;

describe('the manual page', { skip: skipWithout('/usr/bin/mandoc') }, () => {
  const page = () => join(share, 'man/man1/reveille.1');

  test('is without fault to mandoc', async () => {
    const { stdout, stderr } = await run('mandoc', ['-T', 'lint', '-W', 'warning', page()], limits);
    assert.deepEqual([stdout, stderr], ['', '']);
  });

  test('shows each command and option with the words of --help', async () => {
    const { stdout } = await run('mandoc', ['-T', 'utf8', '-O', 'width=1000', page()], limits);
    const text = stdout.replaceAll(/.\x08/g, '');
    assert.match(text, /Reveille 1\.2\.3 +2026-01-01/);
    for (const { name, summary, options = [] } of commands) {
      assert.ok(text.includes(summary.slice(1)), `${name}: ${summary}`);
      for (const [flag, meaning] of options) assert.ok(text.includes(flag) && text.includes(meaning), `${name} ${flag}`);
    }
    assert.match(text, /--misbehave SWITCH +done to every push by APNs/, 'the help that sandbox writes itself');
  });
});

describe('the completions', () => {
  const bash = () => join(share, 'bash-completion/completions/reveille');

  test('of bash offer commands, then what a command takes', async () => {
    assert.deepEqual(await complete('reveille', 'de'), ['devices']);
    assert.deepEqual(await complete('reveille', 'devices', 'c'), ['count']);
    assert.deepEqual(await complete('reveille', 'devices', 'list', '--do'), ['--domain']);
    assert.deepEqual(await complete('reveille', 'sandbox', '--fcm-t'), ['--fcm-token-listen']);
  });

  test('of bash leave the value of an option to the names of files', async () => {
    assert.deepEqual(await complete('reveille', 'serve', '--config', ''), []);
  });

  test('of zsh are understood', { skip: skipWithout('/usr/bin/zsh') }, async () => {
    const { stderr } = await run('zsh', ['-n', join(share, 'zsh/site-functions/_reveille')], limits);
    assert.equal(stderr, '');
  });

  test('of fish offer commands, then what a command takes', { skip: skipWithout('/usr/bin/fish') }, async () => {
    const file = join(share, 'fish/vendor_completions.d/reveille.fish');
    assert.match(await askFish(file, 'reveille de'), /^devices\tlists, counts or removes registered devices/m);
    assert.match(await askFish(file, 'reveille devices --do'), /^--domain\tdevices of all accounts of this domain/m);
  });

  test('of every shell know every command and option', async () => {
    const texts = await Promise.all(
      ['bash-completion/completions/reveille', 'zsh/site-functions/_reveille', 'fish/vendor_completions.d/reveille.fish'].map((file) =>
        readFile(join(share, file), 'utf8'),
      ),
    );
    for (const { name, options = [] } of commands) {
      for (const text of texts) {
        for (const word of [name, ...options.map(([flag]) => flag.split(' ')[0]!.slice(2))]) assert.ok(text.includes(word), word);
      }
    }
  });

  async function complete(...words: string[]): Promise<string[]> {
    const script = `. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _reveille; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = await run('bash', ['-c', script, 'bash', bash(), ...words], limits);
    assert.equal(stderr, '');
    return stdout.split('\n').filter((line) => line !== '');
  }

  async function askFish(file: string, line: string): Promise<string> {
    const { stdout, stderr } = await run('fish', ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', file, line], limits);
    assert.equal(stderr, '');
    return stdout;
  }
});
