/** Faults of a push service × clients: `bench webpush-faults [--quick]`. Writes the table of docs/webpush-faults.md, but for --quick. */
import { runBench } from '../faults/bench.ts';
import { buildSubject } from './subject.ts';

process.exitCode = await runBench(buildSubject, process.argv.slice(2));
