import type { Log } from '../../log/log.ts';
import type { StoredCredential, Unreadable } from '../../registry/credentials/credential-store.ts';
import { readMessage } from '../guard/describe-error.ts';
import type { CertificateSlot } from '../provider/provider.ts';
import { shorten } from '../tokens/redact.ts';
import { parseContent } from './stored-upload.ts';

/** What became of a stored certificate, so that the same one again costs nothing. */
export interface Reception {
  readonly uploadedAt: Date;
  /** Why it is not used, in words; undefined where it is. */
  readonly obstacle: string | undefined;
  /** The last content that was opened. */
  readonly content: Buffer | undefined;
}

const advice: Readonly<Record<Unreadable, string>> = {
  'no-key': 'database.key is not set: set it to the key that was used, or set a key and upload the certificate again',
  'other-key': 'it is encrypted with another key: set database.previous-key to that one, or upload the certificate again',
  damaged: 'it is damaged, or of another provider: upload the certificate again',
};

/** Hands a stored certificate to its provider's slot, unless that was done before. One log line for each change; never throws. */
export function takeStored(
  credential: StoredCredential,
  slot: CertificateSlot | undefined,
  before: Reception | undefined,
  log: Log,
): Reception {
  const { provider, updatedAt: uploadedAt } = credential;
  const refuse = (event: string, obstacle: string): Reception => {
    const level = event === 'certificate-ignored' ? 'info' : 'error';
    if (before?.obstacle !== obstacle || before.uploadedAt.getTime() !== uploadedAt.getTime()) log[level](event, { provider, obstacle });
    return { uploadedAt, obstacle, content: before?.content };
  };
  if (slot === undefined)
    return refuse('certificate-ignored', 'no provider of this id takes a certificate: it is gone, or has cert-file or key-file');
  if (credential.kind === 'unreadable') return refuse('credential-unreadable', advice[credential.reason]);
  const { content } = credential;
  if (before?.obstacle === undefined && before?.content?.equals(content) === true) return { ...before, uploadedAt };
  const trouble = use(slot, content);
  if (trouble !== undefined) return refuse('certificate-not-used', trouble);
  log.info('certificate-used', { provider, uploadedAt: uploadedAt.toISOString() });
  return { uploadedAt, obstacle: undefined, content };
}

/** The reason in words where the slot does not take it. */
function use(slot: CertificateSlot, content: Buffer): string | undefined {
  try {
    const upload = parseContent(content);
    slot.check(upload);
    slot.use(upload);
    return undefined;
  } catch (error) {
    return describeRefusal(error);
  }
}

/** What a slot says against a certificate, all of it on one line. */
export function describeRefusal(error: unknown): string {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  return errors.map((one) => shorten(readMessage(one))).join('; ');
}
