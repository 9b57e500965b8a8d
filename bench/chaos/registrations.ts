import type { Ledger } from './report/ledger.ts';
import type { Traffic } from './traffic.ts';
import type { World } from './world/world.ts';

const rounds = 3;
const answerLimitMs = 60_000;

/**
 * The nodes that do not answer a publish with a result once all is well again. One refused as temporary is asked again.
 * What this publishes replaces what might be lost: the ledger is judged before.
 */
export async function findMissing(world: World, traffic: Traffic, ledger: Ledger, nodes: readonly string[]): Promise<readonly string[]> {
  let missing = nodes;
  for (let round = 0; round < rounds && missing.length > 0; round += 1) {
    const first = ledger.publishes.length;
    for (const [index, node] of missing.entries()) {
      const instance = world.instances[index % world.instances.length];
      if (instance !== undefined) traffic.publish(node, await instance.up());
    }
    await traffic.answered(answerLimitMs);
    const answers = ledger.publishes.slice(first);
    const alive = new Set(answers.filter(({ end }) => end?.answer.kind === 'result').map(({ node }) => node));
    missing = missing.filter((node) => !alive.has(node));
  }
  const inDatabase = await world.database.countDevices();
  return missing.length === 0 && inDatabase !== nodes.length ? [`${nodes.length - inDatabase} rows`] : missing;
}
