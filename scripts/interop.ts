import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, clients, type Proof, proofs, type Server, servers, type Service } from '../test/interop/proofs.ts';
import { allServers, ejabberd, ejabberd24, prosody, prosody13, realServers } from '../test/servers/real-servers.ts';
import { capturedServers, scriptedServers } from '../test/servers/scripted/scripted-server.ts';

// Writes docs/interop.md: which app behind which server through which push service, and the test that proves it. The test
// of the page fails where a test that is named there does not exist, or where the page is not what the proofs yield.

interface Named {
  readonly name: string;
}

/** What a test file takes the servers from that it runs with. */
const lists: Readonly<Record<string, readonly Named[]>> = {
  allServers,
  realServers,
  capturedServers,
  scriptedServers,
  prosody: [prosody],
  ejabberd: [ejabberd],
  prosody13: [prosody13],
  ejabberd24: [ejabberd24],
};

const separator = ' › ';

/** What is wrong with a proof, one line each: no such file, test or server in it. */
export function findFlaws(root: string, { client, service, file, test, servers: names }: Proof): readonly string[] {
  const services: readonly Service[] = clients[client];
  const wrongService = services.includes(service) ? [] : [`${client} is not woken by ${service}`];
  const path = join(root, file);
  if (!existsSync(path)) return [...wrongService, `no file ${file}`];
  const text = readFileSync(path, 'utf8');
  const known = Object.entries(lists).flatMap(([list, all]) => (new RegExp(`\\b${list}\\b`).test(text) ? all : []));
  const patterns = readNames(text);
  return [
    ...wrongService,
    ...Object.values(names).flatMap((name) => [
      ...(known.some((server) => server.name === name) ? [] : [`${file} is not run with ${name}`]),
      ...test
        .replaceAll('SERVER', name)
        .split(separator)
        .filter((part) => !patterns.some((pattern) => pattern.test(part)))
        .map((part) => `${file} has no test or suite "${part}"`),
    ]),
  ];
}

/** Names of the tests and suites that a file writes into the calls, with what it fills in left open. */
function readNames(text: string): readonly RegExp[] {
  const calls = text.matchAll(/\b(?:test|describe|it|suite)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g);
  return [...calls].map(([, single, double, template]) => {
    const parts = template === undefined ? [(single ?? double ?? '').replaceAll(/\\(.)/g, '$1')] : template.split(/\$\{[^}]*\}/);
    return new RegExp(`^${parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}$`);
  });
}

/** The page. */
export function pageOfProofs(all: readonly Proof[]): string {
  const rows = Object.entries(clients).flatMap(([client, services]) => services.map((service) => [client as Client, service] as const));
  const matrix = rows.map(([client, service]) => {
    const cells = servers.map((server) =>
      cellOf(
        all.filter((proof) => proves(proof, client, service, server)),
        client,
      ),
    );
    return `| ${[client, service, ...cells].join(' | ')} |`;
  });
  const sections = (Object.keys(clients) as Client[]).map((client) =>
    sectionOf(
      client,
      all.filter((proof) => proof.client === client),
    ),
  );
  return `${head}\n| app | push service | ${servers.join(' | ')} |\n|${' --- |'.repeat(servers.length + 2)}\n${matrix.join('\n')}\n\n${sections.join('\n')}`;
}

function proves(proof: Proof, client: Client, service: Service, server: Server): boolean {
  return proof.client === client && proof.service === service && proof.servers[server] !== undefined;
}

/** The nearest to life that there is. */
function cellOf(found: readonly Proof[], client: Client): string {
  const how = (['real', 'played', 'scripted'] as const).find((each) => found.some((proof) => proof.how === each));
  return how === undefined ? '' : `[${how}](#${anchorOf(client)})`;
}

/** As GitHub makes them of headings. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

function sectionOf(client: Client, found: readonly Proof[]): string {
  const rows = found.flatMap((proof) =>
    servers.flatMap((server) => {
      const name = proof.servers[server];
      if (name === undefined) return [];
      return `| ${server} | ${proof.service} | ${proof.how} | [${proof.test.replaceAll('SERVER', name)}](../${proof.file}) |`;
    }),
  );
  if (rows.length === 0) return `## ${client}\n\nNo test yet.\n`;
  return `## ${client}\n\n| server | push service | the server is | test |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

const head = `# Which apps, behind which servers, through which push services

<!-- made by scripts/interop.ts from test/interop/proofs.ts -->

Each cell is proven by a test that runs with every change; an empty cell means that nobody has tested it, not that it doesn't work. The words in the cells say what the
server was in that test, and lead to the test:

- **real**: the server's own program, from Debian's packages;
- **played**: publishes that a real server wrote, sent again, and its measured reaction to our answers;
- **scripted**: a stand-in that behaves as the server's source code says, because Debian doesn't have that server.

The app is in every case its words, sent by a test, never the app itself; the push services are the sandboxes of this repository, which check as Apple's and
Google's documents and the standards of Web Push say ([sandbox.md](sandbox.md)). How to add a cell: [testing.md](testing.md#the-page-of-interoperability).
`;

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  writeFileSync(join(root, 'docs/interop.md'), pageOfProofs(proofs));
}
