import type { Database, Statement } from '../registry/postgres/database.ts';
import { countDevices } from '../registry/devices/queries.ts';
import { listProofs } from '../registry/credentials/proofs-table.ts';
import type { ProofKey } from '../registry/registry.ts';
import type { StepResult } from './step.ts';

/** What the database knows of a provider's present credentials. */
export interface Standing {
  /** Devices to which a push was accepted with them; as many as are needed, at most. */
  readonly proven: number;
  /** Whether there is a device that could lose its registration. */
  readonly hasDevices: boolean;
}

/** By provider. */
export type Standings = ReadonlyMap<string, Standing>;

/** With two, there is always one other than that which is refused. */
const enough = 2;
const table: Statement = { name: 'doctor-proofs', text: "SELECT to_regclass('proofs') IS NOT NULL AS is_there" };

/** Nothing where the table is not there yet. Rejects as the database does. */
export async function readStandings(database: Database, keys: readonly ProofKey[]): Promise<Standings> {
  const standings = new Map<string, Standing>();
  const [row] = await database.query(table);
  if (row?.['is_there'] !== true) return standings;
  for (const key of keys) {
    const proven = (await listProofs(database, key)).length;
    const hasDevices = (await countDevices(database, { provider: key.provider })).size > 0;
    standings.set(key.provider, { proven, hasDevices });
  }
  return standings;
}

/** Whether the refusal of a token would be believed; `doubt` is what a running Reveille says of these credentials. */
export function examineProof({ proven, hasDevices }: Standing, doubt: string | undefined): StepResult {
  const tried = 'look in the database whether pushes were accepted with these credentials';
  if (doubt !== undefined) {
    const advice = "check environment, topic, team and project in the provider's table; no registration is lost meanwhile";
    return { verdict: 'warning', tried, found: `the running Reveille says: ${doubt}`, advice };
  }
  if (proven >= enough) return { verdict: 'ok', tried, found: 'pushes to at least two devices were accepted with these credentials' };
  if (proven > 0) {
    const found = 'a push to one device was accepted with these credentials: only a refusal of its own token costs no registration';
    return { verdict: 'ok', tried, found };
  }
  const found = 'no push was accepted with these credentials yet';
  if (!hasDevices) return { verdict: 'ok', tried, found: `${found}, and no device is registered` };
  return {
    verdict: 'warning',
    tried,
    found: `${found}: a refusal of a token costs no registration until then`,
    advice: "if pushes are refused, check environment, topic, team and project in the provider's table",
  };
}
