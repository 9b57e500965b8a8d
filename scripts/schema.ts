/** Writes etc/reveille.schema.json, by which editors complete and check the configuration. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { configSchema } from '../src/config/schema.ts';

type Json = Readonly<Record<string, unknown>>;

const root = join(import.meta.dirname, '..');

/** The built-in providers' options by name: every folder of providers/ whose index.ts exports `options`. */
export async function readBuiltInOptions(): Promise<ReadonlyMap<string, z.ZodObject>> {
  const found = new Map<string, z.ZodObject>();
  for (const name of readdirSync(join(root, 'providers')).toSorted()) {
    const file = join(root, 'providers', name, 'index.ts');
    const module = existsSync(file) ? ((await import(file)) as { readonly options?: unknown }) : {};
    if (module.options instanceof z.ZodObject) found.set(name, module.options);
  }
  return found;
}

/** The JSON Schema of a configuration file, with a branch for each built-in provider and one for all others. */
export async function buildJsonSchema(): Promise<Json> {
  const builtIn = await readBuiltInOptions();
  const { properties, ...rest } = toJson(configSchema);
  const { providers, ...tables } = properties as Readonly<Record<string, Json>>;
  const { additionalProperties: other, ...providersTable } = providers as { additionalProperties: Json };
  const branches = [...builtIn].map(([name, options]) => buildBranch(name, options));
  return {
    ...rest,
    title: 'Configuration of Reveille',
    definitions: { reference },
    properties: {
      ...(acceptReferences(tables) as Json),
      providers: { ...providersTable, additionalProperties: { oneOf: [...branches, excludeNames(other, [...builtIn.keys()])] } },
    },
  };
}

/** `{ env = "NAME" }` or `{ file = "path" }` in the place of any string. */
const reference: Json = {
  description: 'The value of an environment variable, or the content of a file.',
  oneOf: ['env', 'file'].map((key) => ({
    type: 'object',
    properties: { [key]: { type: 'string' } },
    required: [key],
    additionalProperties: false,
  })),
};

function toJson(schema: z.ZodType): Json {
  // Draft 7 is what the TOML extensions of the editors understand.
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
}

function buildBranch(name: string, options: z.ZodObject): Json {
  const { type, properties, required, additionalProperties } = toJson(options);
  const use = { const: name, description: `Built-in provider "${name}".` };
  return {
    title: name,
    type,
    additionalProperties,
    properties: { use, ...(acceptReferences(properties) as Json) },
    required: ['use', ...((required as readonly string[] | undefined) ?? [])],
  };
}

function excludeNames(table: Json, names: readonly string[]): Json {
  const { use } = table['properties'] as { use: Json };
  return { title: 'another provider', ...table, properties: { use: { ...use, not: { enum: names } } } };
}

/** Wherever a string is accepted, a reference is, too. */
function acceptReferences(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(acceptReferences);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { description, default: fallback, ...rest } = schema as Json;
  if (rest['type'] !== 'string') return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, acceptReferences(value)]));
  const notes = { ...(description === undefined ? {} : { description }), ...(fallback === undefined ? {} : { default: fallback }) };
  return { ...notes, anyOf: [rest, { $ref: '#/definitions/reference' }] };
}

export const schemaFile = join(root, 'etc/reveille.schema.json');

if (import.meta.main) {
  const text = JSON.stringify(await buildJsonSchema());
  writeFileSync(schemaFile, await format(text, { ...(await resolveConfig(schemaFile)), filepath: schemaFile }));
}
