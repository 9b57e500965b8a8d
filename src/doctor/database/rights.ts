import type { Database, Statement } from '../../registry/postgres/database.ts';
import type { StepResult } from '../step.ts';

/** What the database lets our user do. */
export interface Rights {
  readonly role: string;
  /** Undefined where the search path leads nowhere. */
  readonly schema: string | undefined;
  readonly canCreate: boolean;
  readonly hasTables: boolean;
  /** Read, write and delete devices; read migrations; read and write proofs, where there are such. */
  readonly canUse: boolean;
  /** Only an owner may alter a table. */
  readonly isOwner: boolean;
}

const read: Statement = {
  name: 'doctor-rights',
  text: `SELECT current_user::text AS role, current_schema()::text AS schema,
    coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS can_create,
    devices.oid IS NOT NULL AND migrations.oid IS NOT NULL AS has_tables,
    coalesce(has_table_privilege(devices.oid, 'SELECT') AND has_table_privilege(devices.oid, 'INSERT')
      AND has_table_privilege(devices.oid, 'UPDATE') AND has_table_privilege(devices.oid, 'DELETE')
      AND has_table_privilege(migrations.oid, 'SELECT'), false)
      AND coalesce(has_table_privilege(to_regclass('proofs'), 'SELECT') AND has_table_privilege(to_regclass('proofs'), 'INSERT'), true)
      AS can_use,
    coalesce(pg_has_role(devices.relowner, 'USAGE') AND pg_has_role(migrations.relowner, 'USAGE'), false) AS is_owner
  FROM (SELECT) AS one
  LEFT JOIN pg_class AS devices ON devices.oid = to_regclass('devices')
  LEFT JOIN pg_class AS migrations ON migrations.oid = to_regclass('migrations')`,
};

/** Rejects as the database does. */
export async function readRights(database: Database): Promise<Rights> {
  const [row] = await database.query(read);
  return {
    role: String(row?.['role']),
    schema: typeof row?.['schema'] === 'string' ? row['schema'] : undefined,
    canCreate: row?.['can_create'] === true,
    hasTables: row?.['has_tables'] === true,
    canUse: row?.['can_use'] === true,
    isOwner: row?.['is_owner'] === true,
  };
}

/** Whether they are enough for what is there. */
export function examineRights({ role, schema, canCreate, hasTables, canUse, isOwner }: Rights): StepResult {
  const tried = `look what ${role} may do in the schema ${schema ?? '(none)'}`;
  if (schema === undefined)
    return {
      verdict: 'failed',
      tried,
      found: 'the search path names no schema that is there',
      advice: 'correct search_path of the user or the database',
    };
  if (!hasTables && !canCreate) {
    const advice = `make ${role} the owner of the database, or GRANT CREATE ON SCHEMA ${schema} TO ${role}`;
    return { verdict: 'failed', tried, found: "it may not create Reveille's tables", advice };
  }
  if (!hasTables) return { verdict: 'ok', tried, found: 'it may create tables' };
  if (!canUse) {
    const advice = `make ${role} the owner of the tables, or GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO ${role}`;
    return { verdict: 'failed', tried, found: "it may not read and write Reveille's tables", advice };
  }
  if (isOwner) return { verdict: 'ok', tried, found: 'it owns the tables' };
  const advice = `make ${role} the owner of the tables before the next update: ALTER TABLE … OWNER TO ${role}`;
  return { verdict: 'warning', tried, found: 'it may use the tables, but not alter them, as updates of Reveille must', advice };
}
