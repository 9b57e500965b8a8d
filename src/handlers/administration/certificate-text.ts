import { tidyPem } from '../../base/pem.ts';
import { CommandRefusal } from '../commands/command.ts';
import { commandError } from '../commands/commands.ts';

/** Ten times what a certificate with its key and chain takes. */
const longestText = 64 * 1024;

const recipe = 'make it with: base64 -w 0 PushCertificate.p12 (on macOS: base64 -i PushCertificate.p12)';

/**
 * The file behind what an administrator pasted: base64 in one line or many, with white space or as a data: URL, or PEM text.
 * Refuses what is neither.
 */
export function parseCertificateText(text: string): Buffer {
  // Not the refusal that shows the form again, which would send all of it back.
  if (text.length > longestText) throw commandError('bad-payload', `the certificate is longer than ${longestText / 1024} KiB; ${recipe}`);
  if (text.includes('-----BEGIN ')) return Buffer.from(tidyPem(text)); // a field of one line turns line breaks into blanks
  const base64 = text.replace(/^\s*data:[^,]*,/, '').replace(/\s+/g, '');
  const file = Buffer.from(base64, 'base64');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || file.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, ''))
    throw new CommandRefusal(`the certificate is not base64, or not all of it; ${recipe}`);
  return file;
}
