import { buildArchives } from './steps/archives.ts';
import { buildDebs } from './steps/debian.ts';
import { buildImages } from './steps/images.ts';
import type { Release } from './release.ts';
import { writePapers } from './steps/papers.ts';

/** A kind of thing that a release consists of. */
export interface Step {
  /** `npm run release -- NAME` makes only this. */
  readonly name: string;
  readonly what: string;
  /** Writes into the release's folder and resolves with the names of the files; what the program runs from is `release.tree(platform)`. */
  run(release: Release): Promise<readonly string[]>;
}

/** In their order. Another way to install Reveille (a package, an image) is a file beside steps/archives.ts and a line here, before the papers. */
export const steps: readonly Step[] = [
  { name: 'archive', what: 'self-contained archives, one a platform', run: buildArchives },
  { name: 'debian', what: 'Debian packages, one a processor', run: buildDebs },
  { name: 'image', what: 'container images, one a platform', run: buildImages },
  { name: 'papers', what: 'bills of materials, licences, changes', run: writePapers },
];
