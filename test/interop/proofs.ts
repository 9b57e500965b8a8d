/** Whose words the exchange is in, and the push services that its apps are woken by. */
export const clients = {
  'Any client of Tigase’s dialect': ['APNs', 'FCM', 'Web Push'],
  'Siskin IM': ['APNs'],
  'Snikket for iOS': ['APNs'],
  Stork: ['FCM'],
  'Conversations up to 2.19.13': ['FCM'],
  'Conversations since 2.19.14': ['FCM'],
  'Snikket for Android': ['FCM'],
  Monal: ['APNs'],
  'Any Android client of fpush': ['FCM'],
  Fluux: ['APNs'],
  'Any client of mod_push_appserver': ['APNs', 'FCM'],
} as const satisfies Readonly<Record<string, readonly Service[]>>;

export const servers = ['Prosody 0.12', 'Prosody 13.0', 'ejabberd 23.01', 'ejabberd 24.12', 'MongooseIM', 'Tigase', 'Openfire'] as const;

export type Client = keyof typeof clients;
export type Server = (typeof servers)[number];
export type Service = 'APNs' | 'FCM' | 'Web Push';

/**
 * What the server is in the test: `real` from its package; `played` from what a real one wrote; `scripted` from what its
 * source says, because no distribution has it.
 */
export type How = 'real' | 'played' | 'scripted';

/** A test that proves cells of docs/interop.md. */
export interface Proof {
  readonly client: Client;
  readonly service: Service;
  readonly how: How;
  /** The servers that it is run with, each with its name in the lists of `test/servers`. */
  readonly servers: Partial<Record<Server, string>>;
  /** From the root of the repository. */
  readonly file: string;
  /** As the test is called in its file, its suites before it, ` › ` between them; SERVER where the server's name stands. */
  readonly test: string;
}

const real: Proof['servers'] = {
  'Prosody 0.12': 'Prosody',
  'Prosody 13.0': 'Prosody 13.0',
  'ejabberd 23.01': 'ejabberd',
  'ejabberd 24.12': 'ejabberd 24.12',
};
const played: Proof['servers'] = {
  'Prosody 0.12': 'Prosody 0.12',
  'Prosody 13.0': 'Prosody 13.0',
  'ejabberd 23.01': 'ejabberd 23.01',
  'ejabberd 24.12': 'ejabberd 24.12',
};
const scripted: Proof['servers'] = { MongooseIM: 'MongooseIM', Tigase: 'Tigase', Openfire: 'Openfire' };

/** A test with the name of the server in it that is run with all that are played and scripted. */
function replay(client: Client, service: Service, file: string, test: string): readonly Proof[] {
  return [
    { client, service, how: 'played', servers: played, file, test },
    { client, service, how: 'scripted', servers: scripted, file, test },
  ];
}

const others = 'test/interop/other-dialects.test.ts';

const prosodies: Proof['servers'] = { 'Prosody 0.12': 'Prosody', 'Prosody 13.0': 'Prosody 13.0' };
const ejabberds: Proof['servers'] = { 'ejabberd 23.01': 'ejabberd', 'ejabberd 24.12': 'ejabberd 24.12' };

/** A test with phones that use what one kind of server has. */
function withPhones(which: 'prosody' | 'ejabberd', test: string, names = which === 'prosody' ? prosodies : ejabberds): Proof {
  return {
    client: 'Any client of Tigase’s dialect',
    service: 'APNs',
    how: 'real',
    servers: names,
    file: `test/flows/features/${which}.test.ts`,
    test: `phones behind SERVER, which keeps texts and senders to itself › ${test}`,
  };
}

/** Rooms, sleeping sessions, messages that the server can't read, a server that wakes all. */
const features: readonly Proof[] = [
  {
    client: 'Any client of Tigase’s dialect',
    service: 'APNs',
    how: 'real',
    servers: real,
    file: 'test/flows/push-arrives.test.ts',
    test: 'a push through SERVER › a message that only its reader can decrypt shows at the phone, though there is no text that the server could pass on',
  },
  withPhones('prosody', 'an inactive client that is connected is not pushed to; once its network is gone the session sleeps, and it is'),
  withPhones('prosody', 'a message in a room is pushed while the session of its member sleeps; whoever left the room hears nothing'),
  withPhones('prosody', 'a message that only its reader can decrypt is as important as a text; that somebody types is an update'),
  withPhones('ejabberd', 'a phone whose network is gone is pushed to, and its session waits for it'),
  withPhones('ejabberd', 'a phone that sleeps and gets no message is woken before its session ends'),
  withPhones('ejabberd', 'a message in a room is pushed while the session of its member sleeps'),
  withPhones('ejabberd', 'a message in a room is pushed to a phone that is away, where it subscribed to the room (MUC/Sub)'),
  withPhones('ejabberd', 'a message that only its reader can decrypt is pushed as a text is; that somebody types is not'),
  withPhones('ejabberd', 'what it publishes to every registration at its start reaches nobody and costs no registration'),
  withPhones(
    'ejabberd',
    'what it publishes to every registration when the module starts again while we are attached is answered whole, and costs no registration',
    { 'ejabberd 23.01': 'ejabberd' },
  ),
];

/** Browsers, and phones without Google. */
const webPush: readonly Proof[] = [
  'a browser that registered its subscription as JSON reads what was written, and nobody on the way does',
  'a browser that registered its subscription by its fields reads what was written, and nobody on the way does',
  'an app of UnifiedPush without keys gets the same as plain text, where that is allowed',
  'a subscription that is over ends the registration, and the server hears item-not-found',
].map((test) => ({
  client: 'Any client of Tigase’s dialect',
  service: 'Web Push',
  how: 'real',
  servers: real,
  file: 'test/flows/push-arrives.test.ts',
  test: `a push through SERVER › ${test}`,
}));

/** To claim cells add a line and run `npm test -- interop/page`: it says whether the test exists. docs/testing.md tells more. */
export const proofs: readonly Proof[] = [
  {
    client: 'Any client of Tigase’s dialect',
    service: 'APNs',
    how: 'real',
    servers: real,
    file: 'test/flows/push-arrives.test.ts',
    test: 'a push through SERVER › a message to somebody who is away arrives at the push service, and the server gets a result',
  },
  ...features,
  ...webPush,
  {
    client: 'Any client of Tigase’s dialect',
    service: 'FCM',
    how: 'real',
    servers: real,
    file: 'test/flows/wrong-credentials.test.ts',
    test: 'credentials of another app, behind SERVER › cost no registration, over a restart, and with the right ones every phone is woken',
  },
  {
    client: 'Siskin IM',
    service: 'APNs',
    how: 'real',
    servers: { 'Prosody 13.0': 'Prosody 13.0' },
    file: 'test/flows/features/prosody.test.ts',
    test: 'what Siskin IM asks of SERVER › an encrypted push reaches the phone untouched, without body and sender, and its key opens it',
  },
  {
    client: 'Siskin IM',
    service: 'APNs',
    how: 'real',
    servers: { 'Prosody 13.0': 'Prosody 13.0' },
    file: 'test/flows/features/prosody.test.ts',
    test: 'what Siskin IM asks of SERVER › an encrypted call reaches PushKit',
  },
  ...replay('Siskin IM', 'APNs', 'test/interop/siskin.test.ts', 'Siskin IM behind SERVER › the whole life of a phone'),
  ...replay('Snikket for iOS', 'APNs', 'test/interop/siskin.test.ts', 'Snikket for iOS behind SERVER › the whole life of a phone'),
  ...replay('Stork', 'FCM', 'test/interop/stork.test.ts', 'Stork behind SERVER › the whole life of a phone'),
  ...(['Conversations up to 2.19.13', 'Conversations since 2.19.14', 'Snikket for Android'] as const).flatMap((client) =>
    replay(client, 'FCM', others, `${client} behind SERVER › the whole life of a phone`),
  ),
  ...replay('Fluux', 'APNs', others, 'Fluux behind SERVER › the whole life of a phone'),
  ...(['APNs', 'FCM'] as const).flatMap((service) =>
    replay(
      'Any client of mod_push_appserver',
      service,
      others,
      `A client of mod_push_appserver, ${service} behind SERVER › the whole life of a phone`,
    ),
  ),
  ...replay('Monal', 'APNs', 'test/interop/fpush.test.ts', 'Monal behind SERVER › the whole life of a phone'),
  ...replay(
    'Any Android client of fpush',
    'FCM',
    'test/interop/fpush.test.ts',
    'An Android app of fpush behind SERVER › the whole life of a phone',
  ),
  {
    client: 'Monal',
    service: 'APNs',
    how: 'real',
    servers: real,
    file: 'test/flows/fpush.test.ts',
    test: 'Monal behind SERVER › is woken without ever having registered',
  },
];
