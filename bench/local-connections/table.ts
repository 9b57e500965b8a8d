import type { Figures } from './run.ts';

export function buildTable(figures: Figures): string {
  const { connections, keepAliveSeconds, idleBytes, connectedBytes, connectMs, connectCpuUs, pings, pushes, arrived, elsewhere } = figures;
  const rows: readonly (readonly [string, string])[] = [
    ['resident memory, nobody connected', `${megabytes(idleBytes)} MB`],
    [`resident memory, ${connections} connected`, `${megabytes(connectedBytes)} MB`],
    ['memory of a connection', `${((connectedBytes - idleBytes) / connections / 1e3).toFixed(1)} kB`],
    ['all connect, proof included', `${seconds(connectMs)} s, ${Math.round(connectCpuUs / connections)} µs of processor time each`],
    ['processor, nobody connected', percent(figures.idleCore)],
    [
      `processor, all connected and asked every ${keepAliveSeconds} s`,
      `${percent(figures.connectedCore)}, ${Math.round(figures.pingCpuUs)} µs for each of ${pings} pings`,
    ],
    ['pushes to connected devices', `${arrived} of ${pushes} over the connection, ${elsewhere} through the push service`],
    ['restart: stopping, starting', `${seconds(figures.stopMs)} s, ${seconds(figures.startMs)} s`],
    [
      'restart: from SIGTERM until all are back',
      `${seconds(figures.backMs)} s, ${Math.round(figures.backCpuUs / connections)} µs of processor time each`,
    ],
  ];
  return ['| what | |', '| --- | ---: |', ...rows.map(([what, value]) => `| ${what} | ${value} |`)].join('\n');
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} % of a core`;
}
