import type { Platform } from '../platforms.ts';

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
exec "$home/lib/node" "$home/lib/reveille/dist/src/main.js" "$@"
`;
}
