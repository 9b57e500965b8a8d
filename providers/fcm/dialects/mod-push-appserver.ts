import type { BuildDialectMessage, DialectMessage } from './dialect-message.ts';

/** As its last version named it, so that what it left at Google is replaced by ours. */
const collapseKey = 'mod_push_appserver_fcm.collapse';

const wake: DialectMessage = { data: {}, android: { priority: 'HIGH', collapse_key: collapseKey } };

/** mod_push_appserver: always the same empty data message, which wakes the app; the newest says all that the older said. */
export const buildModPushAppserverMessage: BuildDialectMessage = () => wake;
