// Holds the embedded registry of a folder and registers devices until it is killed: one line per registration, once it is acknowledged.
import { randomUUID } from 'node:crypto';
import { createLog } from '../../../src/log/log.ts';
import { openRegistry } from '../../../src/registry/open.ts';

const [dataDir = '', count = '0'] = process.argv.slice(2);
const registry = await openRegistry({ url: undefined, dataDir, devicesPerOwner: 25 }, createLog('silent')).catch((error: unknown) => {
  console.log(`refused ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
console.log('open');
for (let i = 0; i < Number(count); i += 1) {
  const { node } = await registry.register({
    owner: `${randomUUID()}@example.org`,
    provider: randomUUID(),
    token: randomUUID(),
    secondToken: undefined,
  });
  console.log(`node ${node}`);
}
process.on('SIGTERM', () => void registry.close());
