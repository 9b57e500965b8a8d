import { serveClients } from '../faults/serve-clients.ts';
import type { Way } from './way.ts';

serveClients<Way>({
  Reveille: async () => (await import('./clients/reveille.ts')).createClient,
  'firebase-admin sendEach': async () => (await import('./clients/firebase-admin.ts')).createEachClient,
  'firebase-admin send': async () => (await import('./clients/firebase-admin.ts')).createSingleClient,
});
