import { randomBytes } from 'node:crypto';
import forge from 'node-forge';
import { buildAuthority, type ClientIdentity } from '../../src/sandbox/authority.ts';

export const topic = 'org.example.app';
export const password = 'the password of the p12';
export const authority = buildAuthority();

/** Lines as `base64` writes them without `-w 0`, one value each. */
export function wrap(base64: string): string {
  return base64.replace(/.{76}/g, '$&\n');
}

/** A .p12 without its private key. */
export function withoutKey({ cert }: ClientIdentity): Buffer {
  const tree = forge.pkcs12.toPkcs12Asn1(null, [forge.pki.certificateFromPem(cert)], password, { algorithm: '3des' });
  return Buffer.from(forge.asn1.toDer(tree).getBytes(), 'binary');
}

/** A certificate of its own, with Apple's extensions for these services (1 sandbox, 2 production), and its key, as PEM. */
export function issueFor(services: readonly (1 | 2)[]): string {
  const pair = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.serialNumber = `01${randomBytes(8).toString('hex')}`;
  certificate.publicKey = pair.publicKey;
  certificate.validity.notBefore = new Date(Date.now() - 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  const name = [
    { type: '0.9.2342.19200300.100.1.1', value: topic },
    { name: 'commonName', value: `Apple Push Services: ${topic}` },
  ];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  const nothing = forge.asn1.toDer(forge.asn1.create(forge.asn1.Class.UNIVERSAL, forge.asn1.Type.NULL, false, '')).getBytes();
  certificate.setExtensions(services.map((service) => ({ id: `1.2.840.113635.100.6.3.${service}`, value: nothing })));
  certificate.sign(pair.privateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate) + forge.pki.privateKeyToPem(pair.privateKey);
}
