// Brings up the embedded database of a folder and ends in the way that is named, without closing it.
import { createLog } from '../../../src/log/log.ts';
import { startEmbedded } from '../../../src/registry/embedded/start-embedded.ts';

const [dataDir = '', way = '', event = ''] = process.argv.slice(2);
const ends: Readonly<Record<string, () => void>> = {
  exits: () => process.exit(3),
  throws: () => {
    throw new Error('nobody catches this');
  },
  rejects: () => void Promise.reject(new Error('nobody catches this')),
};
const end = ends[way]!;

/** Soon after an event, in the middle of what follows. */
const write = (text: string): void => {
  if ((JSON.parse(text) as { event: string }).event === event) setTimeout(end, 15);
};
await startEmbedded(dataDir, createLog('info', { write }));
console.log('started');
if (event === '') setTimeout(end);
setInterval(() => undefined, 1_000);
