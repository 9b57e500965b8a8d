/** `play.ts ours|bare NAME`: plays one scenario in a process of its own; exit 0 when it passed. */
import { scenarios } from './scenarios.ts';
import { startBare, startOurs } from './subjects.ts';

const [, , subject, name = ''] = process.argv;
const scenario = scenarios[name];
if (scenario === undefined) throw new Error(`no scenario "${name}"`);
await scenario(subject === 'bare' ? startBare : startOurs);
process.exit(0);
