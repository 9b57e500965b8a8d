// Room: the tables of the configuration file, one a file: options with their help and defaults, and what they become. In: a table. Out: a
// section of the configuration. May enter: config.
import { z } from 'zod';
import { serverAddress } from '../values/address.ts';
import { adminJid, componentDomain, registrantDomain } from '../values/jid.ts';
import { list, nonEmpty, path, wholeNumber } from '../values/plain.ts';

/** The link to the XMPP server. The secret is not enumerable in a {@link Config}. */
export interface ComponentConfig {
  /** Domain of the component, lower case. */
  readonly jid: string;
  readonly server: { readonly host: string; readonly port: number; readonly tls: boolean };
  readonly secret: string;
  readonly connections: number;
  /** Bare JIDs, lower case. */
  readonly admins: readonly string[];
  /** Domains, lower case, or `*`. */
  readonly registrants: readonly string[];
  readonly publishers: 'owner-domain' | 'any';
}

export const componentSection = z
  .strictObject({
    jid: componentDomain.meta({ description: 'Domain of the component, as the XMPP server knows it.' }),
    server: serverAddress
      .prefault('127.0.0.1:5347')
      .meta({ description: "Where the server's component listener is: host:port, or tls://host:port where it speaks TLS." }),
    'ca-file': path().optional().meta({ description: 'PEM file with trust anchors for a tls:// server, besides the usual ones.' }),
    secret: nonEmpty('expected the secret shared with the server').meta({ description: 'Secret shared with the XMPP server.' }),
    connections: wholeNumber(1, 64)
      .default(1)
      .meta({ description: 'Connections to the server; more than 1 only where it accepts several (ejabberd, Tigase).' }),
    admins: list(adminJid).default([]).meta({ description: 'Bare JIDs of those who may run the admin commands.' }),
    registrants: list(registrantDomain)
      .prefault(['*'])
      .meta({ description: 'Domains whose users may register devices; "*" means every domain.' }),
    publishers: z.enum(['owner-domain', 'any']).default('owner-domain').meta({
      description:
        'Who may publish to a node besides the holder of its secret: "owner-domain" (the domain of the account, a host under it, the account itself) or "any".',
    }),
  })
  .meta({ description: 'The link to the XMPP server.' })
  .transform(
    // What ca-file leads to is read by who knows where the configuration file is.
    ({ jid, server, secret, connections, admins, registrants, publishers }): ComponentConfig => ({
      jid,
      server,
      secret,
      connections,
      admins,
      registrants,
      publishers,
    }),
  );
