import { suite } from 'node:test';
import { explainMissing } from '../../helpers/database/postgres.ts';
import { testBackup } from './suite.ts';

const missing = await explainMissing('embedded');
const other = (await explainMissing('debian')) === undefined ? 'debian' : undefined;

suite('backup and restore on the embedded PostgreSQL', { skip: missing ?? false }, () => testBackup('embedded', other));
