// Room: values of options that are more than a text or a number. In: texts. Out: values, or what is wrong with them. May enter: config.
import { isIPv6 } from 'node:net';
import { z } from 'zod';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, an IPv6 address in brackets; undefined for anything else. The brackets are not part of the host. */
export function parseAddress(text: string): Address | undefined {
  const [, inBrackets, plain, digits] = /^(?:\[([^\]]+)\]|([^\s:/[\]@]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = inBrackets ?? plain;
  const port = Number(digits);
  if (host === undefined || port > maxPort || (inBrackets !== undefined && !isIPv6(inBrackets))) return undefined;
  return { host, port };
}

/** Where to listen; port 0 lets the system choose. */
export const listenAddress = z
  .string({ error: 'expected host:port such as "127.0.0.1:5281"' })
  .transform((text, context) => parseAddress(text) ?? refuse(context, 'expected host:port such as "127.0.0.1:5281" or "[::1]:5281"'));

/** Where the server's component listener is; `tls://` in front where it speaks TLS from the first byte. */
export const serverAddress = z.string({ error: 'expected host:port or tls://host:port' }).transform((text, context) => {
  const tls = text.startsWith('tls://');
  const address = parseAddress(tls ? text.slice('tls://'.length) : text);
  if (address === undefined || address.port === 0) {
    return refuse(context, 'expected host:port or tls://host:port (an IPv6 address in brackets)');
  }
  return { ...address, tls };
});

const maxPort = 65_535;

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
