import create from '../../../providers/apns/index.ts';
import type { Client } from '../../faults/client.ts';
import { createReveilleClient } from '../../faults/reveille.ts';
import type { Way } from '../way.ts';

export function createClient({ origin, ca, topic, p8, keyId, teamId }: Way): Client {
  const options = { 'apns-topic': topic, 'key-file': 'key.p8', 'key-id': keyId, 'team-id': teamId, 'ca-file': 'ca.pem', endpoint: origin };
  return createReveilleClient({ create, options, files: { 'ca.pem': ca, 'key.p8': p8 } });
}
