import { buildSync } from 'esbuild';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
/** The first with private methods; newer syntax is written in theirs. docs/local-push.md names them. */
const browsers = ['chrome84', 'firefox90', 'safari15'];

/** `reveille/local-push` as one module that browsers and Node load as it is. */
export function bundleLocalPush(): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(root, 'src/local-push-client/local-push.ts')],
    bundle: true,
    format: 'esm',
    target: browsers,
    platform: 'neutral',
    banner: { js: '// reveille/local-push, made from src/local-push-client. MIT licence. How to use it: docs/local-push.md' },
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
