import { backoffTable } from '../../../src/xmpp/link/backoff.ts';

// Loaded before the program: inputs that end the stream come by the thousand here, and nobody has minutes for each.
const quick = { firstMs: 10, longestMs: 50 };
Object.assign(backoffTable, { conflict: quick, configuration: quick, shutdown: quick, lost: quick });
