import type { Platform } from '../platforms.ts';

/**
 * V8's young space (each half, MB): a third less memory under full load than with its own choice, for a tenth more processor time
 * (docs/performance.md, "Memory"). It can't be set once a process runs.
 */
export const usualNodeOptions = '--max-semi-space-size=16';

/**
 * bin/reveille: finds its own folder, through links and from anywhere, and becomes the program. What it needs of the system is
 * a POSIX shell; `readlink` only where it was called through a link.
 */
export function buildLauncher({ name, loader }: Platform): string {
  return `#!/bin/sh
# Starts Reveille (${name}) on the Node.js that lies beside it.
self=$0
while [ -L "$self" ]; do
  target=$(readlink "$self") || exit 1
  case $target in
    /*) self=$target ;;
    *) self=\${self%/*}/$target ;;
  esac
done
case $self in
  */*) here=\${self%/*} ;;
  *) here=. ;;
esac
home=$(CDPATH= cd -- "$here/.." && pwd -P) || exit 1
if [ ! -e ${loader} ]; then
  echo "reveille: this is the build for ${name} with glibc, and this system has no ${loader}: take the archive for its processor, or the container image" >&2
  exit 1
fi
# What is set outside comes behind, and wins.
NODE_OPTIONS="${usualNodeOptions}\${NODE_OPTIONS:+ $NODE_OPTIONS}"
export NODE_OPTIONS
exec "$home/lib/node" "$home/lib/reveille/dist/src/main.js" "$@"
`;
}
