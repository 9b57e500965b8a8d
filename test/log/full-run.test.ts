import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startApp } from '../../src/app/app.ts';
import { createLog } from '../../src/log/log.ts';
import { buildPseudonyms } from '../../src/log/pseudonyms.ts';
import { findLeaks, type Secrets } from './leaks.ts';
import { startProgram, type Program, type ProgramOptions } from './program.ts';
import { playAll } from './story.ts';

interface Run {
  readonly lines: readonly string[];
  readonly secrets: Secrets;
  readonly program: Program;
}

/** One life of the program at level debug, from start to end. */
async function run(options: ProgramOptions = {}): Promise<Run> {
  const program = await startProgram(options);
  try {
    const secrets = await playAll(program);
    await tryWrongSecret(program);
    return { lines: program.app.log, secrets, program };
  } finally {
    await program.close();
  }
}

/** A second instance whose component secret is not the server's, writing into the same log. */
async function tryWrongSecret({ app, words }: Program): Promise<void> {
  const { config, log } = app;
  const downs = () => log.filter((line) => line.includes('"event":"component-down"')).length;
  const before = downs();
  const wrong = { ...config, component: { ...config.component, secret: words.secret } };
  const second = await startApp(wrong, createLog('debug', { write: (line: string) => log.push(line) }), '0.0.0-test');
  const deadline = Date.now() + 20_000;
  while (downs() === before && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  await second.close();
  assert.ok(downs() > before);
}

const parse = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
const isAboutPeople = (secret: string) => /^(domain|owner|admin|sender|meet|local part)/.test(secret);

describe('the log of a full run at level debug', () => {
  test('holds no token, node, secret, text or JID in any form, and has the stanza on every line of one', async () => {
    const { lines, secrets, program } = await run();
    assert.deepEqual(findLeaks(lines, secrets), []);
    const written = parse(lines);
    const events = new Set(written.map(({ event }) => event));
    // Otherwise nothing happened, and no wonder that nothing leaked.
    for (const event of [
      'push',
      'answered',
      'command',
      'token-dead',
      'second-token-dead',
      'http2-goaway',
      'provider-failed',
      'component-down',
    ])
      assert.ok(events.has(event), `${event} in ${[...events].join(' ')}`);
    const ofStanzas = written.filter(
      ({ event, id }) => ['push', 'answered', 'command', 'token-dead'].includes(String(event)) && id === undefined,
    );
    assert.ok(ofStanzas.length > 100);
    assert.deepEqual(ofStanzas.filter(({ stanza }) => typeof stanza !== 'string'), []); // prettier-ignore
    // Lines of providers name the push; the line of the push has its stanza.
    const pushes = new Set(written.filter(({ event, stanza }) => event === 'push' && stanza !== undefined).map(({ push }) => push));
    const correlated = written.filter(({ event, push }) => event !== 'push' && push !== undefined);
    assert.ok(correlated.length > 0);
    for (const line of correlated) assert.ok(pushes.has(line['push']), JSON.stringify(line));
    // An administrator finds somebody's lines.
    const { words, app } = program;
    const pseudonym = buildPseudonyms(app.config.component.secret).jid(words.owner);
    assert.ok(written.some(({ event, owner }) => event === 'push' && owner === pseudonym));
  });

  test('holds JIDs with log.jids, and still nothing else', async () => {
    const { lines, secrets, program } = await run({ jids: true });
    const leaks = findLeaks(lines, secrets);
    assert.deepEqual(leaks.filter(({ secret }) => !isAboutPeople(secret)), []); // prettier-ignore
    assert.ok(lines.some((line) => line.includes(program.words.owner)));
  });

  test('is found out where a provider leaks', async () => {
    const { lines, secrets } = await run({ leaks: true });
    const leaks = findLeaks(lines, secrets);
    assert.ok(leaks.length > 0);
    assert.deepEqual([...new Set(leaks.map(({ secret }) => secret))], ['body']);
    assert.ok(leaks.every(({ line }) => line.includes('"event":"pushing"')));
  });
});
