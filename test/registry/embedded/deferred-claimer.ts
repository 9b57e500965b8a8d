// Claims every push of a provider on lease, prints their ids in one line, and holds them until it is killed.
import { createLog } from '../../../src/log/log.ts';
import { openRegistry } from '../../../src/registry/open.ts';

const [url = '', provider = '', leaseMs = '0'] = process.argv.slice(2);
const registry = await openRegistry({ url, dataDir: '/nonexistent', devicesPerOwner: 25 }, createLog('silent'));
const claimed = await registry.deferred.claim(provider, 100, Number(leaseMs));
console.log(claimed.map(({ id }) => id).join(' '));
