import create from '../../../providers/webpush/index.ts';
import type { Client } from '../../faults/client.ts';
import { createReveilleClient } from '../../faults/reveille.ts';
import type { Way } from '../way.ts';

export function createClient({ ca, vapid }: Way): Client {
  const options = {
    'vapid-key-file': 'vapid.pem',
    subject: 'mailto:admin@example.org',
    'allow-private': ['localhost'],
    'ca-file': 'ca.pem',
    proxy: [],
  };
  return createReveilleClient({ create, options, files: { 'ca.pem': ca, 'vapid.pem': vapid } });
}
