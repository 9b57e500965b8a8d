import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'smol-toml';

const folder = 'etc/servers';
const read = (name: string): string => readFileSync(`${folder}/${name}`, 'utf8');
const luac = ['luac', 'luac5.4', 'luac5.3', 'luac5.2'].find((name) => spawnSync(name, ['-v']).status === 0);
const hasYaml = spawnSync('python3', ['-c', 'import yaml']).status === 0;
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

test('the snippet for Prosody is Lua', { skip: luac === undefined && 'no luac here' }, () => {
  execFileSync(luac!, ['-p', `${folder}/prosody.cfg.lua`], { stdio: 'pipe' });
});

test('the snippet for ejabberd is YAML with a component listener', { skip: !hasYaml && 'no python3 with yaml here' }, () => {
  const json = execFileSync('python3', ['-c', 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))'], {
    input: read('ejabberd.yml'),
  });
  const { listen, modules } = JSON.parse(json.toString()) as { listen: { module: string; hosts: object }[]; modules: object };
  assert.equal(listen[0]!.module, 'ejabberd_service');
  assert.deepEqual(Object.keys(listen[0]!.hosts), ['push.example.org']);
  assert.ok('mod_push' in modules);
});

test('the snippet for MongooseIM is TOML with a component listener', () => {
  const { listen } = parse(read('mongooseim.toml')) as { listen: { component: { port: number; password: string }[] } };
  assert.equal(listen.component[0]!.port, 8888);
});

test('the snippets for Tigase and Openfire are complete lines of their kind', () => {
  const braces = read('tigase.tdsl').replace(/\/\/.*$/gm, '');
  assert.equal(braces.split('{').length, braces.split('}').length);
  for (const line of read('openfire.properties').split('\n')) assert.match(line, /^(#.*|[a-z.-]+=\S+)?$/);
});

test('docs/servers.md speaks of every snippet', () => {
  const page = readFileSync('docs/servers.md', 'utf8');
  for (const name of readdirSync(folder)) assert.ok(page.includes(`\`${name}\``), name);
});

test('the systemd unit is one, and leaves more time to end than draining takes', { skip: !hasSystemd && 'no systemd here' }, () => {
  const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', 'etc/reveille.service'], { encoding: 'utf8' });
  assert.equal(
    stderr
      .split('\n')
      .filter((line) => line.includes('reveille.service:'))
      .join('\n'),
    '',
  );
  const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(readFileSync('etc/reveille.service', 'utf8'))!;
  assert.ok(Number(seconds) > 10);
});
