import { serveClients } from '../faults/serve-clients.ts';
import type { Way } from './way.ts';

serveClients<Way>({
  Reveille: async () => (await import('./clients/reveille.ts')).createClient,
  '@parse/node-apn': async () => (await import('./clients/node-apn.ts')).createClient,
  apns2: async () => (await import('./clients/apns2.ts')).createClient,
});
