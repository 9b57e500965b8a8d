import type { BuildDialectMessage, DialectMessage } from './dialect-message.ts';

const wake: DialectMessage = { data: {}, android: { priority: 'HIGH' } };

/** fpush: a message without data wakes the app, which then connects. HIGH, which fpush forgot: a phone that sleeps would get it hours later. */
export const buildFpushMessage: BuildDialectMessage = () => wake;
