import assert from 'node:assert/strict';
import type { OptionsSchema } from '../../index.ts';
import type { BadOptions } from '../provider-under-test.ts';
import type { BuildRules, Rule } from '../rule.ts';
import { textOf } from '../judging/text-of.ts';
import type { Trial } from '../trial.ts';

const strayKey = 'key-that-nobody-knows';

export const buildOptionsRules: BuildRules = ({ provider: { options }, badOptions = [] }) => [
  ...(options === undefined ? [] : [buildSchemaRule(options)]),
  ...badOptions.map(buildRefusalRule),
  ...(badOptions.length === 0 ? [noBadOptions] : []),
];

const noBadOptions: Rule = {
  name: 'refuses bad options',
  check({ context }) {
    context.skip('none: no badOptions were given');
    return Promise.resolve();
  },
};

function buildSchemaRule(schema: OptionsSchema): Rule {
  return {
    name: 'has a schema that takes its options and refuses an unknown key',
    check({ scene }) {
      assert.deepEqual(findIssues(schema, scene.options), []);
      assert.notDeepEqual(findIssues(schema, { ...scene.options, [strayKey]: 1 }), [], `the schema takes a key named ${strayKey}`);
      return Promise.resolve();
    },
  };
}

function buildRefusalRule([name, changes, expected]: BadOptions): Rule {
  return {
    name: `refuses ${name}`,
    async check(trial) {
      const merged = Object.entries({ ...trial.scene.options, ...changes }).filter(([, value]) => value !== undefined);
      const messages = await findMistakes(trial, Object.fromEntries(merged));
      assert.notDeepEqual(messages, [], 'these options were taken');
      for (const pattern of [expected].flat()) assert.match(messages.join('\n'), pattern);
      assert.deepEqual(trial.secrets.findIn(messages), [], 'the message shows what must stay secret');
    },
  };
}

/** As Reveille does: the schema first, where there is one; what it takes goes to the factory. */
async function findMistakes(trial: Trial, options: unknown): Promise<string[]> {
  const { options: schema } = trial.subject.provider;
  const issues = schema === undefined ? [] : findIssues(schema, options);
  if (issues.length > 0) return issues;
  try {
    await trial.create(options);
    return [];
  } catch (error) {
    assert.ok(error instanceof Error, `${textOf(error)} was thrown, which is no Error`);
    return error instanceof AggregateError ? [error.message, ...error.errors.map(messageOf)] : [error.message];
  }
}

function findIssues(schema: OptionsSchema, options: unknown): string[] {
  const result = schema['~standard'].validate(options);
  assert.ok(!(result instanceof Promise), 'the schema validates asynchronously');
  return (result.issues ?? []).map(({ message, path = [] }) => `${path.map(keyOf).join('.')}: ${message}`);
}

function keyOf(part: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof part === 'object' ? part.key : part);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
