import { suite } from 'node:test';
import { explainMissing } from '../../helpers/database/postgres.ts';
import { testBackup } from './suite.ts';

const missing = await explainMissing('debian');
const other = (await explainMissing('embedded')) === undefined ? 'embedded' : undefined;

suite("backup and restore on Debian's PostgreSQL", { skip: missing ?? false }, () => testBackup('debian', other));
