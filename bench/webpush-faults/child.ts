import { serveClients } from '../faults/serve-clients.ts';
import type { Way } from './way.ts';

serveClients<Way>({
  Reveille: async () => (await import('./clients/reveille.ts')).createClient,
  'Reveille, HTTP/1.1': async () => (await import('./clients/reveille.ts')).createClient,
  'web-push': async () => (await import('./clients/web-push.ts')).createClient,
});
