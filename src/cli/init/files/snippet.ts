import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { serverAddress } from '../../../config/values/address.ts';
import { findPackageFolder } from '../../version.ts';
import type { Answers } from '../answers.ts';

const loopback = /^(127\.|::1$)/;
/** What stands for something in the files of etc/servers. */
const placeholders = /push\.example\.org|example\.org|"push"|change me: openssl rand -hex 32|127\.0\.0\.1|\b\d{4}\b/g;

/** What the server has to be told, made from its sample in etc/servers. */
export function buildSnippet({ server, jid, secret }: Pick<Answers, 'server' | 'jid' | 'secret'>): string {
  const { kind, address } = server;
  const { host, port } = serverAddress.parse(address);
  const values: Readonly<Record<string, string>> = {
    'push.example.org': jid,
    'example.org': domainOf(jid),
    '"push"': JSON.stringify(jid.split('.')[0]),
    'change me: openssl rand -hex 32': kind.write(secret),
    '127.0.0.1': isIP(host) === 0 || loopback.test(host) ? '127.0.0.1' : host,
    [String(kind.port)]: String(port),
  };
  const sample = readFileSync(join(findPackageFolder(), 'etc/servers', kind.file), 'utf8');
  return sample.replaceAll(placeholders, (found) => values[found] ?? found);
}

/** That of the users, as it is taken from the component's. */
export function domainOf(jid: string): string {
  return jid.split('.').slice(1).join('.') || jid;
}
