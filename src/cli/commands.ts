export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Options as they stand in the usage text, flag and meaning; undefined where the command answers `--help` itself. */
  readonly options: readonly (readonly [flag: string, meaning: string])[] | undefined;
  /** What follows the name in the usage line, where that is more than the options in a row. */
  readonly usage?: string;
  /** Settles with the exit code; rejects with a UsageError, a ConfigError, or whatever else went wrong. */
  run(args: readonly string[]): Promise<number>;
}

const config = ['--config FILE', 'the configuration, a TOML file'] as const;

/** Every command; its code is loaded when it runs. */
export const commands: readonly Command[] = [
  {
    name: 'init',
    summary: 'asks five questions, tries each answer, and writes a configuration and what the XMPP server has to be told',
    usage: '[OPTIONS]',
    options: [
      ['--config FILE', 'where to (default: reveille.toml)'],
      ['--server NAME', 'prosody, ejabberd, mongooseim, tigase or openfire'],
      ['--address HOST:PORT', 'its listener for components'],
      ['--jid NAME', "the component's domain"],
      ['--secret-file FILE', 'holds the secret (default: a new one is made)'],
      ['--app NAME', 'apns, fcm or log'],
      ['--provider ID', 'under which its devices register'],
      ['--credentials FILE', 'for the push service: .p8, .p12, PEM or JSON'],
      ['--key-id ID', 'of a .p8 (default: as its name says)'],
      ['--team-id ID', 'of a .p8'],
      ['--topic NAME', 'bundle id of the app'],
      ['--password-file FILE', 'holds the password of a certificate'],
      ['--endpoint URL', 'another address of the push service, for gateways and tests'],
      ['--ca-file FILE', 'extra trust anchor for it'],
      ['--listen HOST:PORT', 'for HTTP (default: a free port on 127.0.0.1)'],
      ['--offline', 'tries nothing that needs the network'],
      ['--anyway', 'writes although something failed'],
      ['--overwrite', 'replaces files that are there'],
    ],
    run: async (args) => (await import('./init/init.ts')).init(args),
  },
  {
    name: 'serve',
    summary: 'runs until it is told to end (SIGTERM or Ctrl-C)',
    options: [config],
    run: async (args) => (await import('./serve/serve.ts')).serve(args),
  },
  {
    name: 'check',
    summary: 'reads the configuration, loads every provider and its credentials, and lists all mistakes',
    options: [config],
    run: async (args) => (await import('./check.ts')).check(args),
  },
  {
    name: 'doctor',
    summary: 'tries every link on the way of a push, and says what is wrong and what to do',
    options: [config, ['--json', 'one JSON object a line for each step, and a summary']],
    run: async (args) => (await import('./doctor/doctor.ts')).doctor(args),
  },
  {
    name: 'health',
    summary: 'asks a running Reveille whether it lives, for health checks of containers',
    options: [config, ['--ready', 'whether it is ready: link, database and a push service are there']],
    run: async (args) => (await import('./health.ts')).health(args),
  },
  {
    name: 'push',
    summary: 'sends one test push and shows what the push service said',
    usage: '--config FILE (--node N | --provider P --token T) [OPTIONS]',
    options: [
      config,
      ['--node N', 'a registered device, by the pubsub node it was given'],
      ['--provider P', 'or a device by its token: the provider id'],
      ['--token T', 'and the device token'],
      ['--second-token T', 'its token for calls, where it has one'],
      ['--account JID', 'the account it is for (default: the first admin)'],
      ['--body TEXT', 'text of the message'],
      ['--sender JID', 'sender of the message (default: the component)'],
      ['--silent', 'no message but a silent update, priority low'],
      ['--call', "the start of a call, which the app can't decrypt"],
      ['--json', 'one JSON object instead of text'],
    ],
    run: async (args) => (await import('./push/push.ts')).push(args),
  },
  {
    name: 'devices',
    summary: 'lists, counts or removes registered devices, beside a running Reveille or without one',
    usage: '(list | count | remove) --config FILE [OPTIONS]',
    options: [
      config,
      ['--owner JID', 'devices of this account'],
      ['--domain D', 'devices of all accounts of this domain'],
      ['--provider P', 'devices of this provider id'],
      ['--dialect NAME', 'devices whose apps were made for this app server, such as p2; tigase: for none of the others'],
      ['--node N', 'the device behind this pubsub node'],
      ['--json', 'one JSON object a line instead of text'],
      ['--yes', 'remove: more than one device without asking'],
      ['--all', 'remove: every device, where nothing narrows it down'],
    ],
    run: async (args) => (await import('./devices/devices.ts')).devices(args),
  },
  {
    name: 'tail',
    summary: 'follows the pushes of a running Reveille live, people as keyed hashes',
    options: [
      config,
      ['--provider P', 'pushes of this provider id'],
      ['--outcome O', 'pushes that come to this: accepted, gone, rejected, retry, expired, replaced or unknown'],
      ['--owner JID', 'pushes to this account; or its hash, as log and status page show it'],
      ['--json', 'one JSON object a line instead of text'],
    ],
    run: async (args) => (await import('./tail/tail.ts')).tail(args),
  },
  {
    name: 'webpush-key',
    summary: 'makes the key pair by which push services for browsers and UnifiedPush know your server (VAPID)',
    usage: '(--to FILE | --from FILE)',
    options: [
      ['--to FILE', 'where the private key goes (vapid-key-file); a file that is there is left alone'],
      ['--from FILE', 'shows the public key of one that is there'],
    ],
    run: async (args) => (await import('./webpush-key/webpush-key.ts')).webpushKey(args),
  },
  {
    name: 'sandbox',
    summary: "plays Apple's, Google's and browsers' push services on this machine, for tests and for trying things out",
    options: undefined,
    run: async (args) => (await import('./sandbox/sandbox.ts')).sandbox(args),
  },
  {
    name: 'migrate',
    summary: 'brings the database to the state this version needs (serve does it as well, at its start)',
    options: [config],
    run: async (args) => (await import('./migrate.ts')).migrate(args),
  },
  {
    name: 'backup',
    summary: 'writes everything the database holds into one file, beside a running Reveille or without one',
    usage: '--config FILE --to PATH',
    options: [config, ['--to PATH', 'where to; an older file of that name is replaced once the new one is complete']],
    run: async (args) => (await import('./backup/backup.ts')).backup(args),
  },
  {
    name: 'restore',
    summary: 'fills an empty database, embedded or not, with what a backup holds',
    usage: '--config FILE --from PATH',
    options: [config, ['--from PATH', 'a file that reveille backup wrote']],
    run: async (args) => (await import('./backup/restore.ts')).restore(args),
  },
  {
    name: 'import',
    summary: 'takes registrations and configuration of another app server: fpush, p2, mod_push_appserver or Tigase Push',
    usage: '--from NAME SOURCE… --config FILE [--dry-run]',
    options: [
      config,
      ['--from NAME', 'fpush, p2, mod_push_appserver or tigase; SOURCE are its files: configuration, dump of its database or data folder'],
      ['--dry-run', 'says what would be taken and what not, and changes nothing'],
      ['--write-config PATH', 'makes a configuration of its own, with secrets in files beside it; "-" shows it, without secrets'],
    ],
    run: async (args) => (await import('./import/import.ts')).importSource(args),
  },
];
