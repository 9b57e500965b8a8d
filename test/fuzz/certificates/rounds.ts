import forge from 'node-forge';

const { Type } = forge.asn1;
type Asn1 = forge.asn1.Asn1;

/** The same file asking for so many rounds wherever a key is derived from a password; as it is where it can't be read. */
export function setRounds(file: Buffer, rounds: number): Buffer {
  const text = file.toString('latin1');
  if (!text.includes('-----BEGIN ENCRYPTED')) return rewrite(file, rounds);
  return Buffer.from(
    text.replace(/-----BEGIN ENCRYPTED PRIVATE KEY-----([^-]+)-----END/g, (_, body: string) => {
      // In a service account the line breaks are those of JSON.
      const lineBreak = body.includes('\\n') ? '\\n' : '\n';
      const der = rewrite(Buffer.from(body.replaceAll('\\n', ''), 'base64'), rounds);
      const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
      return `-----BEGIN ENCRYPTED PRIVATE KEY-----${lineBreak}${lines.join(lineBreak)}${lineBreak}-----END`;
    }),
    'latin1',
  );
}

function rewrite(der: Buffer, rounds: number): Buffer {
  try {
    const tree = forge.asn1.fromDer(der.toString('binary'));
    visit(tree, rounds);
    return Buffer.from(forge.asn1.toDer(tree).getBytes(), 'binary');
  } catch {
    // It is no DER any more: as good an input as any.
    return der;
  }
}

function visit(tree: Asn1, rounds: number): void {
  if (!Array.isArray(tree.value)) return enter(tree, rounds);
  tree.value.forEach((child, index, all) => {
    const isAfterSalt = child.type === Type.INTEGER && all[index - 1]?.type === Type.OCTETSTRING;
    const isAfterDigest = child.type === Type.INTEGER && index === 2;
    if (isAfterSalt || isAfterDigest) child.value = encodeInteger(rounds);
    else visit(child, rounds);
  });
}

/** Two's complement, as short as it goes; forge's own encoder ends at 32 bits. */
function encodeInteger(value: number): string {
  if (value < 0) return Buffer.of(0x80 | (-value & 0x7f)).toString('binary');
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.padStart(2 * Math.ceil(digits.length / 2), '0'), 'hex');
  return Buffer.concat([(bytes[0] ?? 0) > 0x7f ? Buffer.of(0) : Buffer.alloc(0), bytes]).toString('binary');
}

/** What is packed into a string of octets. */
function enter(octets: Asn1, rounds: number): void {
  if (octets.type !== Type.OCTETSTRING || typeof octets.value !== 'string' || octets.value.charCodeAt(0) !== 0x30) return;
  octets.value = rewrite(Buffer.from(octets.value, 'binary'), rounds).toString('binary');
}
