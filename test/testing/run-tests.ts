import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { plainEnv } from '../helpers/plain-env.ts';

/** Several suites, which wait for a silent service more than once each. */
const limitMs = 300_000;

/** What the runner said of each test, suites aside. */
export interface TestRun {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
  readonly output: string;
}

/** Runs a test file in a process of its own. */
export async function runTests(file: string, env: NodeJS.ProcessEnv = {}, args: readonly string[] = []): Promise<TestRun> {
  const child = spawn(process.execPath, ['--test-reporter=tap', ...args, file], {
    // Without NODE_TEST_CONTEXT, by which a runner knows that it was started by another.
    env: { ...plainEnv, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: limitMs,
  });
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return readRun(output);
}

/** What is said of each suite of the outermost level, by its name. */
export function readSuites(output: string): ReadonlyMap<string, TestRun> {
  const [, ...parts] = output.split(/^# Subtest: /m);
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), readRun(part)]));
}

function readRun(output: string): TestRun {
  const points = [...output.matchAll(/^ +(not ok|ok) \d+ - (.*?)(?: # (SKIP).*)?$/gm)];
  const named = (word: string, skip?: string) =>
    points.filter((point) => point[1] === word && point[3] === skip).map((point) => point[2] ?? '');
  return { passed: named('ok'), failed: named('not ok'), skipped: named('ok', 'SKIP'), output };
}

/** Why tests were skipped, each reason once, in the order of the alphabet. */
export function skipReasons(output: string): readonly string[] {
  return [...new Set([...output.matchAll(/# SKIP (.*)$/gm)].map(([, reason = '']) => reason))].toSorted();
}
