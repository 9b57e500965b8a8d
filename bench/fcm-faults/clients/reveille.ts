import create from '../../../providers/fcm/index.ts';
import type { Client } from '../../faults/client.ts';
import { createReveilleClient } from '../../faults/reveille.ts';
import type { Way } from '../way.ts';

export function createClient({ origin, ca, account }: Way): Client {
  const options = { 'service-account-file': 'service-account.json', 'ca-file': 'ca.pem', endpoint: origin };
  return createReveilleClient({ create, options, files: { 'ca.pem': ca, 'service-account.json': JSON.stringify(account) } });
}
