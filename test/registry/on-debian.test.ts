import { suite } from 'node:test';
import { explainMissing } from '../helpers/database/postgres.ts';
import { testCache } from './suites/cache-suite.ts';
import { testCredentials } from './suites/credentials-suite.ts';
import { testDeferred } from './suites/deferred-suite.ts';
import { testDevices } from './suites/devices-suite.ts';
import { testMigrations } from './suites/migrations-suite.ts';
import { testOutage } from './suites/outage-suite.ts';
import { testQueries } from './suites/queries-suite.ts';
import { testSharedNodes } from './suites/shared-node-suite.ts';

const missing = await explainMissing('debian');

for (const tests of [testCredentials, testDevices, testDeferred, testQueries, testSharedNodes, testCache, testMigrations, testOutage]) {
  suite(`${tests.name} on Debian's PostgreSQL`, { skip: missing ?? false }, () => tests('debian'));
}
