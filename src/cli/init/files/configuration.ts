// Room: what reveille init writes. In: answers. Out: files. May enter: init.
import { quote } from '../../../importing/settings/build-toml.ts';
import type { Answers } from '../answers.ts';

/** A value that stands in a file of its own, beside the configuration and named as there. */
export interface SecretFile {
  readonly name: string;
  readonly text: string;
}

export interface BuiltConfiguration {
  readonly text: string;
  readonly secrets: readonly SecretFile[];
}

/** Name of the component's secret below the folder of secrets. */
export const componentSecret = 'component-secret';

/** The configuration, which holds no secret itself: they are in `secretsFolder`, named as seen from it, as is `dataDir`. */
export function buildConfiguration(answers: Answers, secretsFolder: string, dataDir: string): BuiltConfiguration {
  const { server, jid, secret, provider, listen } = answers;
  const passwords = Object.entries(provider.secrets);
  const refer = (name: string) => `{ file = ${quote(`${secretsFolder}/${name}`)} }`;
  const lines = [
    '# Made by reveille init. docs/configuration.md and etc/reveille.example.toml have every key that there is.',
    '',
    '[component]',
    `jid = ${quote(jid)}`,
    `server = ${quote(server.address)}`,
    `secret = ${refer(componentSecret)}`,
    ...(server.kind.connections === 1 ? [] : [`connections = ${server.kind.connections}`]),
    '# Who may run the admin commands: bare JIDs.',
    '#admins = ["admin@example.org"]',
    '',
    '[database]',
    '# The PostgreSQL that Reveille brings along keeps its data here. One of yours instead: url = "postgres://user@host/database"',
    `data-dir = ${quote(dataDir)}`,
    '',
    '[http]',
    `listen = ${quote(listen)}`,
    '',
    `[providers.${quote(provider.id)}]`,
    `use = ${quote(provider.use)}`,
    ...Object.entries(provider.options).map(([key, value]) => `${key} = ${quote(value)}`),
    ...passwords.map(([key]) => `${key} = ${refer(key)}`),
    '',
  ];
  const secrets = [{ name: componentSecret, text: secret }, ...passwords.map(([name, text]) => ({ name, text }))];
  return { text: lines.join('\n'), secrets };
}
