import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import type forge from 'node-forge';
import { loadForge } from './forge.ts';
import { TooManyRounds, withBoundedRounds } from './key-derivation.ts';

export interface KeysAndCertificates {
  readonly keys: readonly KeyObject[];
  readonly certificates: readonly X509Certificate[];
}

/** The password is another one, or there is none where one is needed. */
export class WrongPassword extends Error {
  override readonly name = 'WrongPassword';

  constructor(cause: unknown) {
    super('the password does not open it', { cause });
  }
}

/**
 * Opens a PKCS#12 file through node-forge, which reads what OpenSSL 3 refuses: RC2-40 and 3DES as Apple's Keychain wrote
 * them for years, and files without a MAC. Throws with a readable message.
 */
export function parseP12(der: Buffer, password: string): KeysAndCertificates {
  const { oids } = loadForge().pki;
  const bags = withBoundedRounds(() => open(der, password)).safeContents.flatMap((contents) => contents.safeBags);
  const isKey = (bag: forge.pkcs12.Bag) => bag.type === oids['pkcs8ShroudedKeyBag'] || bag.type === oids['keyBag'];
  try {
    return {
      keys: bags.filter(isKey).map(keyOf),
      certificates: bags.filter((bag) => bag.type === oids['certBag']).map(certificateOf),
    };
  } catch (error) {
    // It opened, and what is in it is damaged: without a MAC nothing else tells.
    throw new Error('is not a readable .p12 file', { cause: error });
  }
}

function open(der: Buffer, password: string): forge.pkcs12.Pkcs12Pfx {
  try {
    return loadForge().pkcs12.pkcs12FromAsn1(parseDer(der), password);
  } catch (error) {
    if (error instanceof TooManyRounds) throw error;
    const again = /[^\x00-\x7f]/.test(password) ? openAsUtf8(der, password) : undefined;
    if (again !== undefined) return again;
    const text = error instanceof Error ? error.message : String(error);
    if (/MAC|password|decrypt|padding/i.test(text) || hasNoMac(der)) throw new WrongPassword(error);
    throw new Error('is not a readable .p12 file', { cause: error });
  }
}

/** RFC 7292 §4: a PFX of version and content alone. What a wrong password makes of that is sometimes padded as it should be, and reads as damage. */
function hasNoMac(der: Buffer): boolean {
  try {
    const { value: parts } = parseDer(der);
    const [version, content] = Array.isArray(parts) && parts.length === 2 ? parts : [];
    return version?.type === loadForge().asn1.Type.INTEGER && Array.isArray(content?.value);
  } catch {
    // No DER at all.
    return false;
  }
}

/**
 * The MAC takes a password in UTF-16, as forge knows, but PBES2 takes it in UTF-8, which forge does not. Opened that way
 * the MAC can't be checked; whether the private key belongs to the certificate is checked all the same.
 */
function openAsUtf8(der: Buffer, password: string): forge.pkcs12.Pkcs12Pfx | undefined {
  try {
    const tree = parseDer(der);
    if (Array.isArray(tree.value)) tree.value = tree.value.slice(0, 2);
    const { pkcs12, util } = loadForge();
    return pkcs12.pkcs12FromAsn1(tree, util.encodeUtf8(password));
  } catch {
    // The first failure is the one to report.
    return undefined;
  }
}

function parseDer(der: Buffer): forge.asn1.Asn1 {
  return loadForge().asn1.fromDer(der.toString('binary'));
}

/** forge knows RSA only; of an elliptic curve key or certificate it hands over the raw ASN.1. */
function keyOf(bag: forge.pkcs12.Bag): KeyObject {
  const { pki } = loadForge();
  const info = bag.key ? pki.wrapRsaPrivateKey(pki.privateKeyToAsn1(bag.key)) : bag.asn1;
  return createPrivateKey({ key: toDer(info), format: 'der', type: 'pkcs8' });
}

function certificateOf(bag: forge.pkcs12.Bag): X509Certificate {
  return new X509Certificate(toDer(bag.cert ? loadForge().pki.certificateToAsn1(bag.cert) : bag.asn1));
}

function toDer(tree: forge.asn1.Asn1): Buffer {
  return Buffer.from(loadForge().asn1.toDer(tree).getBytes(), 'binary');
}
