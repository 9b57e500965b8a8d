import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigError } from '../../../src/config/mistakes/config-error.ts';
import { loadConfig } from '../../../src/config/reading/load-config.ts';
import { createFolder } from '../folder.ts';
import { smallest } from '../read.ts';

const withUmlaut = smallest.replace('pass the word', 'schöner Tag');
const mark = '\ufeff';

function load(configuration: Buffer, secret?: Buffer): string {
  const folder = createFolder({});
  writeFileSync(join(folder, 'reveille.toml'), configuration);
  if (secret !== undefined) writeFileSync(join(folder, 'secret.txt'), secret);
  try {
    return loadConfig(join(folder, 'reveille.toml'), {}).component.secret;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.replaceAll(folder, '');
  }
}

test('a configuration in UTF-8 or UTF-16, with or without a byte order mark, has the secret that was written', () => {
  const utf16 = Buffer.from(mark + withUmlaut, 'utf16le');
  for (const bytes of [Buffer.from(withUmlaut), Buffer.from(mark + withUmlaut), utf16, Buffer.from(utf16).swap16()])
    assert.equal(load(bytes), 'schöner Tag');
});

test('a configuration saved as Latin-1 is refused, with the place of the first such letter', () => {
  assert.equal(
    load(Buffer.from(withUmlaut, 'latin1')),
    "can't read /reveille.toml: it is not UTF-8 at line 4, column 14; save it as UTF-8",
  );
});

test('a secret in a file of its own may have a byte order mark and a line break, and is refused in Latin-1', () => {
  const referring = Buffer.from(smallest.replace('"pass the word"', '{ file = "secret.txt" }'));
  assert.equal(load(referring, Buffer.from(`${mark}schöner Tag\r\n`)), 'schöner Tag');
  assert.equal(load(referring, Buffer.from(`${mark}schöner Tag\r\n`, 'utf16le')), 'schöner Tag');
  assert.equal(
    load(referring, Buffer.from('schöner Tag', 'latin1')),
    "component.secret: expected a file that holds the value, can't read /secret.txt: it is not UTF-8 at line 1, column 4; save it as UTF-8",
  );
});
