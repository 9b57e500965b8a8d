import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { refuseOldNode } from '../../src/cli/node-version.ts';

test('a Node.js older than package.json demands is refused in one line', () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
  const oldest = Number(engines.node.replace('>=', ''));
  const lines: string[] = [];
  const output = { out: () => assert.fail('nothing goes to standard output'), err: (text: string) => void lines.push(text) };
  assert.equal(refuseOldNode(`${oldest}.0.0`, output), undefined);
  assert.equal(refuseOldNode(`${oldest - 1}.9.1`, output), 1);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', new RegExp(`^reveille: Node\\.js ${oldest} or newer is needed, this is ${oldest - 1}\\.9\\.1: [^\\n]+\\n$`));
});
