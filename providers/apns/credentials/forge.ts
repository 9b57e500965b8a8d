import { createRequire } from 'node:module';
import type forge from 'node-forge';

const require = createRequire(import.meta.url);

/**
 * node-forge, loaded when the first certificate is read: it takes as long to load as a fifth of the whole program, and who
 * pushes with a key (.p8) never needs it.
 */
export function loadForge(): typeof forge {
  return require('node-forge') as typeof forge;
}
