// Room: reveille init: asks, tries each answer, writes a configuration. In: options, answers. Out: a configuration and what the server has to
// be told. May enter: cli.
import { existsSync, readFileSync } from 'node:fs';
import { codeOf } from '../../base/error-code.ts';
import { listenAddress } from '../../config/values/address.ts';
import { UsageError } from '../line/usage-error.ts';
import { readWithMistakes } from '../reading.ts';
import { listenForInterrupt } from '../signals.ts';
import type { Answers } from './answers.ts';
import { Dialogue } from './dialogue/dialogue.ts';
import { openPipe, openTerminal, type Lines } from './dialogue/lines.ts';
import { Interrupted, Refused } from './dialogue/refused.ts';
import { placeFiles, planFiles, planServerSide, readKeptSecret, type Places } from './files/plan-files.ts';
import { findOthers, writeFiles, type NewFile } from './files/write-files.ts';
import { findListen } from './free-port.ts';
import { parseInitOptions, type InitOptions } from './options.ts';
import { askApp } from './questions/app.ts';
import { askCredentials } from './questions/credentials.ts';
import { askJid } from './questions/jid.ts';
import { askSecret } from './questions/secret.ts';
import { askServer } from './questions/server.ts';
import { describeNext, introduce } from './words.ts';

const interruptedCode = 130;

/**
 * `reveille init`: five questions, to a person at a terminal, to the lines of standard input, or to options alone. Settles with 0 once everything
 * is written, with 1 where a script's answers fail, and with 130 after Ctrl-C; then no configuration is written.
 */
export async function init(args: readonly string[]): Promise<number> {
  const options = parseInitOptions(args);
  const answers = readFileAnswers(options.answers);
  if (options.listen !== undefined && !listenAddress.safeParse(options.listen).success)
    throw new UsageError('--listen: expected host:port');
  const isInteractive = process.stdin.isTTY;
  const typed = new AbortController();
  const lines = openLines(isInteractive, Object.keys(answers).length > 0, () => typed.abort());
  const screen = process.stdout.isTTY || !isInteractive ? process.stdout : process.stderr;
  const signal = AbortSignal.any([typed.signal, listenForInterrupt()]);
  const write = (text: string) => void screen.write(text);
  const dialogue = new Dialogue({ lines, isInteractive, isInsisting: options.isInsisting, signal, answers, write });
  const session: Session = { dialogue, options, places: placeFiles(options.config), made: new Set() };
  try {
    return await hold(session);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    process.stderr.write(`${error instanceof Interrupted ? '\n' : ''}reveille init: ${error.message}; ${describeRest(session)}\n`);
    return error instanceof Interrupted ? interruptedCode : 1;
  } finally {
    lines?.close();
  }
}

interface Session {
  readonly dialogue: Dialogue;
  readonly options: InitOptions;
  readonly places: Places;
  /** What was written so far. */
  readonly made: Set<string>;
}

async function hold(session: Session): Promise<number> {
  const { dialogue, options, places } = session;
  const { isOffline } = options;
  dialogue.explain(introduce(places.config));
  await confirmReplacing(session, existsSync(places.config) ? [places.config] : []);
  const { value: server } = await askServer(dialogue, isOffline);
  const jid = await askJid(dialogue);
  const kept = readKeptSecret(places);
  const writeSnippet = (secret: string) => {
    const isAgain = kept !== undefined || existsSync(places.config);
    write(session, planServerSide(places, { server, jid, secret }), () => isAgain || options.mayOverwrite);
    dialogue.say(`  ${places.snippet(server)} holds what ${server.kind.title} needs: ${server.kind.merging}.`);
  };
  const secret = await askSecret(dialogue, { server, jid, isOffline, kept, writeSnippet });
  const app = await askApp(dialogue);
  const more = { ...(options.endpoint && { endpoint: options.endpoint }), ...(options.caFile && { 'ca-file': options.caFile }) };
  const { value: provider } = await askCredentials(dialogue, { app, file: places.config, isOffline, more });
  const listen = options.listen ?? (await findListen(dialogue.signal));
  await finish(session, { server, jid, secret: secret.value, provider, listen });
  dialogue.say(describeNext(places, { server, jid }, [...session.made], secret.isProven));
  return 0;
}

async function finish(session: Session, answers: Answers): Promise<void> {
  const { places } = session;
  const files = planFiles(places, answers);
  const others = findOthers(files).filter((path) => path !== places.config && !session.made.has(path));
  await confirmReplacing(session, others);
  write(session, files, () => true);
  const reading = readWithMistakes(places.config);
  if (reading.kind === 'mistaken') throw new Refused(`the configuration has mistakes: ${reading.mistakes.join('; ')}`);
}

function write(session: Session, files: readonly NewFile[], mayReplace: (path: string) => boolean): void {
  if (session.dialogue.signal.aborted) throw new Interrupted();
  writeFiles(files, (path) => session.made.has(path) || mayReplace(path));
  for (const { path } of files) session.made.add(path);
}

/** Rejects with Refused where they are to be kept. */
async function confirmReplacing({ dialogue, options }: Session, paths: readonly string[]): Promise<void> {
  if (paths.length === 0 || options.mayOverwrite) return;
  const state = `${paths.join(', ')}: there already`;
  if (!dialogue.isInteractive) throw new Refused(`${state}, and not overwritten without --overwrite`);
  const answer = await dialogue.choose(`${state}. Replace at the end? y or n:`, ['y', 'yes', 'n', 'no', '']);
  if (!answer.startsWith('y')) throw new Refused(`${state}; choose another --config`);
}

function describeRest({ made }: Session): string {
  return made.size === 0 ? 'nothing was written' : `written so far: ${[...made].join(', ')}`;
}

/** Options of a script answer everything, so that nothing waits for a standard input that never ends. */
function openLines(isInteractive: boolean, hasAnswers: boolean, interrupt: () => void): Lines | undefined {
  if (isInteractive) return openTerminal(process.stdin, process.stdout.isTTY ? process.stdout : process.stderr, interrupt);
  return hasAnswers ? undefined : openPipe(process.stdin);
}

/** What is secret is given as a file: a command line is there for everybody to see. */
function readFileAnswers(answers: InitOptions['answers']): Readonly<Record<string, string>> {
  const read = Object.entries(answers).map(([name, value]) => [name, name.endsWith('-file') ? readSecretFile(name, value) : value]);
  return Object.fromEntries(read) as Readonly<Record<string, string>>;
}

function readSecretFile(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new UsageError(`--${name}: ${path} can't be read (${codeOf(error)})`, { cause: error });
  }
}
