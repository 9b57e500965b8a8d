// Room: every option, its type and its default. In: a path. Out: a frozen configuration, or every mistake. May enter: app, cli, doctor,
// push.
import { z } from 'zod';
import { listenAddress, serverAddress } from './values/address.ts';
import { databaseUrl } from './values/database-url.ts';
import { duration } from './values/duration.ts';
import { encryptionKey } from './values/encryption-key.ts';
import { adminJid, componentDomain, registrantDomain } from './values/jid.ts';

const aProvider = 'expected at least one table such as [providers."tigase:messenger:apns:1"]';

/**
 * The configuration file as administrators write it. Descriptions are the help that editors show; defaults stand here and
 * nowhere else. Secrets are plain strings by now: `{ env }` and `{ file }` are replaced before the schema sees them.
 */
export const configSchema = z.strictObject({
  component: z
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
    .meta({ description: 'The link to the XMPP server.' }),
  database: z
    .strictObject({
      url: databaseUrl.optional().meta({ description: 'PostgreSQL to use; absent: an embedded one under data-dir.' }),
      'data-dir': path().default('../data').meta({ description: 'Folder of the embedded PostgreSQL.' }),
      key: encryptionKey.optional().meta({ description: 'Encrypts credentials kept in the database: 32 bytes in base64.' }),
      'previous-key': encryptionKey
        .optional()
        .meta({ description: 'The key before this one: credentials sealed with it are opened, and sealed anew with key at the start.' }),
    })
    .prefault({})
    .meta({ description: 'Where registrations are kept.' }),
  http: z
    .strictObject({
      listen: listenAddress.prefault('127.0.0.1:5281').meta({ description: 'host:port for REST, health and metrics.' }),
      rest: path().optional().meta({ description: 'Folder of REST handlers: each file becomes the route of its path.' }),
      'trust-proxy': z
        .boolean()
        .default(false)
        .meta({ description: 'True behind a reverse proxy that sets X-Forwarded-For: rate limits then count its clients.' }),
    })
    .prefault({})
    .meta({ description: 'The HTTP side.' }),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').meta({ description: 'The least important line shown.' }),
      jids: z.boolean().default(false).meta({ description: 'True: JIDs stand in the log as they are, not as keyed hashes.' }),
    })
    .prefault({})
    .meta({ description: 'The log on standard output.' }),
  delivery: z
    .strictObject({
      'answer-within': duration('100ms', '30s').prefault('20s').meta({
        description: 'Every publish is answered by then. ejabberd and MongooseIM give up after 32 s.',
      }),
      'default-ttl': duration('1s', '28d')
        .prefault('4h')
        .meta({ description: 'How long a message push may wait for a failing push service.' }),
      'voip-ttl': duration('1s', '1h').prefault('30s').meta({ description: 'The same for calls.' }),
      'update-interval': duration('0s', '1h').prefault('20s').meta({
        description: 'At most one push that nobody sees per device in this time, the newest; "0s": as many as come.',
      }),
    })
    .prefault({})
    .meta({ description: 'Time limits, as strings such as "30s" or "4h".' }),
  limits: z
    .strictObject({
      'devices-per-owner': wholeNumber(1, 1000).default(25).meta({ description: 'Beyond it the one unused longest gives way.' }),
      'registrations-per-minute': wholeNumber(1, 100_000).default(60).meta({ description: 'Per account; ten times that per domain.' }),
      'in-flight': wholeNumber(1, 1_000_000)
        .default(10_000)
        .meta({ description: 'Publishes being worked on; beyond it publishers are asked to try again later.' }),
    })
    .prefault({})
    .meta({ description: 'Bounds against overload and abuse.' }),
  providers: z
    .record(
      z.string().regex(/^[\x21-\x7e]{1,255}$/),
      z.looseObject({
        use: nonEmpty('expected the name of a built-in provider, a package or "./file.js"').meta({
          description: 'Built-in provider, package name, or a file beside this one ("./file.js").',
        }),
      }),
      { error: (issue) => (issue.code === 'invalid_key' ? 'expected a provider id of printable ASCII without spaces' : aProvider) },
    )
    .refine((tables) => Object.keys(tables).length > 0, aProvider)
    .meta({ description: 'One table per provider id that clients register under.' }),
});

export type ParsedConfig = z.output<typeof configSchema>;

function nonEmpty(error: string): z.ZodString {
  return z.string({ error }).min(1, { error });
}

function path(): z.ZodString {
  return nonEmpty('expected a path, absolute or seen from this file');
}

function list<T extends z.ZodType>(element: T): z.ZodArray<T> {
  return z.array(element, { error: 'expected a list' });
}

function wholeNumber(min: number, max: number): z.ZodInt {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}
