import { suite } from 'node:test';
import { explainMissing } from '../helpers/postgres.ts';
import { testCache } from './cache-suite.ts';
import { testCredentials } from './credentials-suite.ts';
import { testDeferred } from './deferred-suite.ts';
import { testDevices } from './devices-suite.ts';
import { testMigrations } from './migrations-suite.ts';
import { testOutage } from './outage-suite.ts';
import { testQueries } from './queries-suite.ts';

const missing = await explainMissing('debian');

for (const tests of [testCredentials, testDevices, testDeferred, testQueries, testCache, testMigrations, testOutage]) {
  suite(`${tests.name} on Debian's PostgreSQL`, { skip: missing ?? false }, () => tests('debian'));
}
