import { shorten } from '../../../src/push/tokens/redact.ts';

/** What may be said against a file: the sentences of the documentation, whatever stands before and behind. */
const refusals: readonly RegExp[] = [
  /is neither a \.p12 file nor PEM text$/,
  /is a certificate without its private key \(\.cer\)/,
  /is protected by a password, and none was given$/,
  /the password does not open it$/,
  /is not a readable \.p12 file$/,
  /holds no (certificate|private key); export certificate and private key together$/,
  /holds a private key that does not belong to its certificate; export the pair again$/,
  /holds a (private key|certificate) that cannot be read$/,
  /is valid from \d{4}-\d\d-\d\d only; check the clock of this machine$/,
  /ended on \d{4}-\d\d-\d\d; make a new one in Apple's developer account$/,
  /asks for more work than 2 000 000 rounds .* export it again with fewer iterations$/,
  /is larger than 1 MB; that is no certificate or key$/,
  /is for .{1,150}, not for /,
  /is for Apple's (production|sandbox) service only/,
  /names no topic; set apns-topic in the configuration$/,
  /and the certificate names none; give the app's bundle id$/,
  /is not covered by the certificate, which is for /,
  /does not cover .* it is for /,
  /is not a private key; take the \.p8 file from Apple as it is$/,
  /holds (an encrypted key, which there is no password for here|a key of SSH|the public key only); take the \.p8 file from Apple as it is$/,
  /holds (a certificate \(that is for cert-file\)|JSON \(that is for fcm\)), not a private key; take the \.p8 file from Apple as it is$/,
  /is protected by a password; set (pushkit-)?cert-password$/,
  /holds a key of SSH; take what Apple gave you$/,
  /is not a P-256 key; take the \.p8 file from Apple as it is$/,
  /the certificate is not base64, or not all of it/,
  /the certificate is longer than 64 KiB/,
  /(is not JSON( at line \d+, column \d+)?|is not the key of a service account|has no usable \w+|has a private_key that .*); take the file that Firebase console/,
];

/** Rejects what is no documented refusal, and what tells of the content of the file or of the password. */
export function checkRefusal(message: string, file: Buffer, secrets: readonly string[]): void {
  if (!refusals.some((refusal) => refusal.test(shorten(message)) || refusal.test(message)))
    throw new Error(`no documented refusal: ${message.slice(0, 400)}`);
  if (message.length > 3_000) throw new Error(`a refusal of ${message.length} characters`);
  const told = [...secrets, ...keyLinesOf(file)].find((secret) => message.includes(secret));
  if (told !== undefined) throw new Error(`a refusal tells a secret: ${message}`);
}

/** Of PEM text the lines in the middle, which are of keys and certificates. */
function keyLinesOf(file: Buffer): readonly string[] {
  return file.toString('latin1', 0, 20_000).match(/[A-Za-z0-9+/]{40,64}/g) ?? [];
}
