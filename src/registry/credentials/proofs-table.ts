import type { Database, Statement } from '../postgres/database.ts';
import { parseText } from '../devices/table.ts';
import type { Proof, ProofKey } from '../registry.ts';

/** Two devices prove the credentials for whatever third one is refused, and each of them for the other. */
const enough = 2;

const keepProof: Statement = {
  name: 'proofs-keep',
  text: `INSERT INTO proofs (provider, identity, device)
    SELECT $1, $2, $3 WHERE (SELECT count(*) FROM proofs WHERE provider = $1 AND identity = $2) < ${enough}
    ON CONFLICT DO NOTHING`,
};

const readProofs: Statement = { name: 'proofs-read', text: 'SELECT device FROM proofs WHERE provider = $1 AND identity = $2' };

/** Keeps that a push to this device was accepted with these credentials, unless that of two others is kept already. */
export async function prove(database: Database, { provider, identity, device }: Proof): Promise<void> {
  await database.query(keepProof, [provider, identity, device]);
}

/** To which devices pushes were accepted with these credentials; two of them at most, or a few where instances were quick. */
export async function listProofs(database: Database, { provider, identity }: ProofKey): Promise<readonly string[]> {
  const rows = await database.query(readProofs, [provider, identity]);
  return rows.map((row) => parseText(row, 'device'));
}
