/** `npm run bench -- NAME`: one of the benches below, each a folder with a main.ts; without a name, what a push costs. */

const benches = {
  throughput: 'what a push costs Reveille, beside what its two largest parts cost by themselves (docs/performance.md)',
  compare: 'two revisions of Reveille side by side in one run: compare REV [REV2] (docs/performance.md)',
  targets: 'what we want to reach, what is reached: one table (docs/performance.md)',
  growth: 'ever more devices, publishers, processes and waiting pushes: table and chart (docs/performance.md)',
  providers: 'APNs and FCM providers alone, beside @parse/node-apn and firebase-admin (docs/performance.md)',
  isolation: 'whether a provider that hangs or throws slows the one beside it (docs/performance.md)',
  'admin-page': 'what the status page costs a push: closed, watched by one and by a hundred, one of them stuck (docs/performance.md)',
  'apns-overhead': 'CPU of the APNs provider beside a bare HTTP/2 loop',
  'apns-faults': 'faults of APNs, Reveille beside other clients (docs/apns-faults.md)',
  'fcm-faults': 'faults of FCM, Reveille beside firebase-admin (docs/fcm-faults.md)',
  'webpush-faults': 'faults of a Web Push service, Reveille beside web-push (docs/webpush-faults.md)',
  'local-connections': 'twenty thousand devices connected to one process: memory, pings, all back after a restart (docs/performance.md)',
  outage: 'a push service is away for minutes under load (docs/endurance.md)',
  soak: 'steady load and everyday events: does memory stay what it was? (docs/endurance.md)',
  backlog: 'a million pushes wait: what new ones feel of it (docs/database.md)',
  chaos: 'nothing acknowledged is lost, whatever happens (docs/chaos.md)',
  'registry-million': 'a million devices in the embedded database (docs/database.md)',
  'deferred-million': 'a million waiting pushes in the embedded database (docs/database.md)',
  'fpush-tokens': "a million different tokens in fpush's dialect: does memory stay bounded? (docs/dialects.md)",
} as const;

const [first] = process.argv.slice(2);
const isOption = first === undefined || first.startsWith('-');
const name = isOption ? 'throughput' : first;

if (Object.hasOwn(benches, name)) {
  // Each bench reads its own options, as if it had been started by itself.
  if (!isOption) process.argv.splice(2, 1);
  await import(`./${name}/main.ts`);
} else {
  const width = Math.max(...Object.keys(benches).map((bench) => bench.length));
  const lines = Object.entries(benches).map(([bench, what]) => `  ${bench.padEnd(width)}  ${what}`);
  console.error(`There is no bench "${name}". npm run bench -- NAME [options], NAME one of:\n${lines.join('\n')}`);
  process.exitCode = 2;
}
