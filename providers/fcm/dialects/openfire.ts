import type { BuildDialectMessage, DialectMessage } from './dialect-message.ts';

export const wake: DialectMessage = { data: {}, android: { priority: 'HIGH' } };

/**
 * Openfire's plugin sends what stands in `<notification/>` beside the form. Openfire itself puts nothing there, so its apps get an empty
 * data message: it wakes the app, which then connects.
 */
export const buildOpenfireMessage: BuildDialectMessage = () => wake;
