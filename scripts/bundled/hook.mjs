// Loaded before every program that a test starts. Where that is src/main.ts, what it and its providers consist of comes from the bundles that
// modules.json, which lies beside, names for them. Nothing else does: not tests, not built or installed programs.
// Plain JavaScript that an older Node may load as well (npm's), for which it does nothing.
import { readFileSync } from 'node:fs';
import * as module from 'node:module';
import { pathToFileURL } from 'node:url';

const { main, bundles } = JSON.parse(readFileSync(new URL('modules.json', import.meta.url), 'utf8'));
const program = process.argv[1] ?? '';

// What is built or installed is started as it is elsewhere, on old Nodes as well: the tests of it let nothing of this through.
if (/\/test\/(release\/|cli\/(installed|build)).*\.test\.ts$/.test(program)) {
  process.env['NODE_OPTIONS'] = (process.env['NODE_OPTIONS'] ?? '').replace(`--import=${import.meta.url}`, '').trim();
  if (process.env['NODE_OPTIONS'] === '') delete process.env['NODE_OPTIONS'];
}

if (pathToFileURL(program).href === main) {
  module.registerHooks?.({
    resolve(name, context, next) {
      if (!Object.hasOwn(bundles, name)) return next(name, context);
      return { url: new URL(bundles[name], import.meta.url).href, format: 'module', shortCircuit: true };
    },
  });
}
