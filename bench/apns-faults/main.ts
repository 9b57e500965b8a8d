/** Faults of APNs × clients, on the sandbox: `bench apns-faults [--quick]`. Writes the table of docs/apns-faults.md, but for --quick. */
import { runBench } from '../faults/bench.ts';
import { buildSubject } from './subject.ts';

process.exitCode = await runBench(buildSubject, process.argv.slice(2));
