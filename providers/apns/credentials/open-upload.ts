import { X509Certificate } from 'node:crypto';
import type { CertificateUpload } from '../../../src/index.ts';
import { tidyCredential } from '../../files/tidy-credential.ts';
import { describeEnd, parseCertificate, type ClientCertificate } from './certificate.ts';
import { WrongPassword } from './p12.ts';

/** The first byte of everything in DER that could be meant. */
const derSequence = 0x30;

/** Opens what was uploaded. Throws an Error whose words are a sentence about "it". */
export function openUpload({ certificate, password }: CertificateUpload, now: Date): ClientCertificate {
  const file = tidyCredential(certificate);
  if (!isPem(file) && file[0] !== derSequence) throw new Error('it is neither a .p12 file nor PEM text');
  if (!isPem(file) && isBareCertificate(file))
    throw new Error('it is a certificate without its private key (.cer); export certificate and private key together, as .p12');
  const opened = parse(file, password, now);
  const end = describeEnd(opened, now);
  if (end !== undefined) throw new Error(`it ${end}`);
  return opened;
}

function parse(file: Buffer, password: string | undefined, now: Date): ClientCertificate {
  try {
    return parseCertificate(file, password, now);
  } catch (error) {
    if (error instanceof WrongPassword) throw new Error(describeWrong(password), { cause: error });
    throw new Error(`it ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function describeWrong(password: string | undefined): string {
  return password === undefined ? 'it is protected by a password, and none was given' : 'the password does not open it';
}

function isPem(file: Buffer): boolean {
  return file.includes('-----BEGIN ');
}

function isBareCertificate(file: Buffer): boolean {
  try {
    return new X509Certificate(file).raw.length > 0;
  } catch {
    // Something else, as it should be.
    return false;
  }
}
