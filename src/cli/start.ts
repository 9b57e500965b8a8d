import { run } from './run.ts';
import { exitOnSignals } from './signals.ts';

/** What a command leaves open by mistake (a provider's forgotten timer) may not keep the process from ending. */
const leftoverLimitMs = 3000;
/** Node's own for a program in which nothing is left that could settle what it waits for. */
const unsettled = 13;

const output = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
};
exitOnSignals();
// A reader that is gone, as `head` is after its lines, or a full disk is no reason to end with a stack trace, or at once.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.exitCode = unsettled;
process.exitCode = await run(process.argv.slice(2), output);
setTimeout(() => process.exit(), leftoverLimitMs).unref();
