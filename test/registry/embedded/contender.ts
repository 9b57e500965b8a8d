// Tries to lock a folder, says so, and keeps the lock until its input ends.
import { lockFolder } from '../../../src/registry/embedded/folder/lock.ts';

try {
  lockFolder(process.argv[2] ?? '');
  console.log('locked');
} catch (error) {
  console.log(`refused ${error instanceof Error ? error.message : String(error)}`);
}
process.stdin.resume();
