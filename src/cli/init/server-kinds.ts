/** An XMPP server as its administrator sees it; docs/servers.md tells where these come from. */
export interface ServerKind {
  readonly name: string;
  readonly title: string;
  /** Its snippet in etc/servers. */
  readonly file: string;
  /** Where components usually connect, and what the snippet says. */
  readonly port: number;
  readonly connections: number;
  /** What is to be done with the snippet. */
  readonly merging: string;
  /** A secret as its configuration writes it; left as it is where the snippet has it in a comment. */
  readonly write: (secret: string) => string;
}

const inDoubleQuotes = (secret: string) => secret.replaceAll(/["\\]/g, '\\$&');
const inSingleQuotes = (secret: string) => secret.replaceAll("'", "''");
const asItIs = (secret: string) => secret;

export const serverKinds: readonly ServerKind[] = [
  {
    name: 'prosody',
    title: 'Prosody',
    file: 'prosody.cfg.lua',
    port: 5347,
    connections: 1,
    merging: 'merge it into /etc/prosody/prosody.cfg.lua and restart Prosody',
    write: inDoubleQuotes,
  },
  {
    name: 'ejabberd',
    title: 'ejabberd',
    file: 'ejabberd.yml',
    port: 5347,
    connections: 2,
    merging: 'merge it into ejabberd.yml and restart ejabberd',
    write: inSingleQuotes,
  },
  {
    name: 'mongooseim',
    title: 'MongooseIM',
    file: 'mongooseim.toml',
    port: 8888,
    connections: 1,
    merging: 'merge it into mongooseim.toml and restart MongooseIM',
    write: inDoubleQuotes,
  },
  {
    name: 'tigase',
    title: 'Tigase',
    file: 'tigase.tdsl',
    port: 5347,
    connections: 1,
    merging: 'merge it into etc/config.tdsl, restart Tigase, and add the component as its comments say',
    write: asItIs,
  },
  {
    name: 'openfire',
    title: 'Openfire',
    file: 'openfire.properties',
    port: 5275,
    connections: 1,
    merging: 'enter its properties and the component in the admin console, as its comments say',
    write: asItIs,
  },
];
