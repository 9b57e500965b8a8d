/** Faults of FCM × clients, on the sandbox: `bench fcm-faults [--quick]`. Writes the table of docs/fcm-faults.md, but for --quick. */
import { runBench } from '../faults/bench.ts';
import { buildSubject } from './subject.ts';

process.exitCode = await runBench(buildSubject, process.argv.slice(2));
