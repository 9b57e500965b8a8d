/** Feeds every way in what nobody should send: `fuzz --inputs N --seed S`. See docs/hostile-input.md. */
import { runCommand } from './command.ts';
import { targets } from './targets.ts';

process.exitCode = await runCommand(process.argv.slice(2), targets, (text) => console.log(text));
