#!/usr/bin/env node
import { run } from './cli/run.ts';

/** What a command leaves open by mistake (a provider's forgotten timer) may not keep the process from ending. */
const leftoverLimitMs = 3000;

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
setTimeout(() => process.exit(), leftoverLimitMs).unref();
