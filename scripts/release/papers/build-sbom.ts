import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeVersion } from '../platforms.ts';
import { runTool } from '../run-tool.ts';
import { parts } from './parts.ts';

/** https://cyclonedx.org/docs/1.5/json/, what of it is written here. */
interface Component {
  readonly 'bom-ref': string;
  readonly type: 'application' | 'library';
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly unknown[];
  readonly components?: readonly Component[];
}

interface Bom {
  readonly metadata: { readonly component: { readonly 'bom-ref': string } };
  readonly components: readonly unknown[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

/**
 * The bill of materials of a tree, as CycloneDX: what npm says of the packages installed in `installed`, with Node and PostgreSQL,
 * each with what it is made of. `postgres` is the folder of the embedded PostgreSQL.
 */
export async function buildSbom(installed: string, postgres: string, epochSeconds: number): Promise<string> {
  const options = ['--sbom-format=cyclonedx', '--sbom-type=application', '--omit=dev'];
  const bom = JSON.parse(await runTool('npm', ['sbom', ...options], installed)) as Bom;
  const added = [describeNode(), await describePostgres(postgres)];
  const own = bom.metadata.component['bom-ref'];
  const refs = added.map((component) => component['bom-ref']);
  const content = {
    ...bom,
    // npm would say when and by which npm it was made, and number each anew, and call the program after its folder: the same tree has the same bill.
    metadata: { timestamp: new Date(epochSeconds * 1000).toISOString(), component: { ...bom.metadata.component, name: 'reveille' } },
    components: [...bom.components, ...added],
    dependencies: [
      ...bom.dependencies.map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: ref === own ? [...dependsOn, ...refs] : dependsOn })),
      ...refs.map((ref) => ({ ref, dependsOn: [] })),
    ],
  };
  return `${JSON.stringify({ ...content, serialNumber: numberOf(JSON.stringify({ ...content, serialNumber: '' })) }, null, 2)}\n`;
}

/** This process runs on the same Node, which says itself what it is made of. */
function describeNode(): Component {
  const { node, ...versions } = process.versions;
  if (node !== nodeVersion) throw new Error(`this runs on Node ${node}, the archives bring ${nodeVersion}: call it by npm run release`);
  const made = Object.entries(versions).filter(
    ([name, version]) => name !== 'modules' && name !== 'napi' && version !== undefined && version !== '',
  );
  const components = made.map(([name, version]) => component(name, version ?? '', 'library'));
  return { ...component('node', nodeVersion, 'application'), licenses: [{ license: { id: 'MIT' } }], components };
}

async function describePostgres(folder: string): Promise<Component> {
  const all = await Promise.all(
    parts.map(async ({ name, licence, file, version }) => {
      const found = version.exec(await readFile(join(folder, file), 'latin1'));
      if (found === null)
        throw new Error(`${file} of the embedded PostgreSQL does not tell its version as scripts/release/papers/parts.ts expects`);
      return { ...component(name, readNumber(found.slice(1)), 'library'), licenses: [describeLicence(licence)] };
    }),
  );
  const [postgresql, ...components] = all;
  if (postgresql === undefined) throw new Error('PostgreSQL itself is missing in scripts/release/papers/parts.ts');
  return { ...postgresql, type: 'application', components };
}

/** Of one piece, or of numbers such as 2, 09, 04. */
function readNumber(pieces: readonly string[]): string {
  return pieces.length === 1 ? (pieces[0] ?? '') : pieces.map(Number).join('.');
}

function describeLicence(licence: string): unknown {
  return { license: licence.startsWith('LicenseRef-') ? { name: licence.slice('LicenseRef-'.length) } : { id: licence } };
}

function component(name: string, version: string, type: Component['type']): Component {
  const purl = `pkg:generic/${name}@${encodeURIComponent(version)}`;
  return { 'bom-ref': purl, type, name, version, purl };
}

/** A UUID (version 8, of one's own making) from the content. */
function numberOf(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
