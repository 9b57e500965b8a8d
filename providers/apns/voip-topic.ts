import type { Credentials } from './credentials.ts';
import { voip } from './push-kind.ts';

/**
 * Whether these credentials may push calls. Apple's refusal would be one of the credentials as a whole, so it is not
 * provoked: a certificate for messages only tells of calls by alerts. Of a key nobody but Apple knows what it may.
 */
export function allowsCalls(credentials: Credentials): boolean {
  switch (credentials.kind) {
    case 'certificate':
      return credentials.pushKit !== undefined || credentials.certificate.topics.includes(credentials.topic + voip.topicSuffix);
    case 'key':
      return true;
    case 'none':
      return false;
    default:
      return credentials satisfies never;
  }
}
