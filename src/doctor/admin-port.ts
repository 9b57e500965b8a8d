import type { AdminConfig } from '../config/sections/admin.ts';
import { describeExposure } from '../config/exposure.ts';
import { explainListen, tryListen } from './http-port.ts';
import type { Serving } from './running.ts';
import type { StepResult } from './step.ts';

/** Whether the status page can be opened or is, and who reaches it. `serving` is the Reveille that runs with this configuration. */
export async function examineAdminPort(admin: AdminConfig, serving: Serving | undefined): Promise<StepResult> {
  const { host, port } = admin.listen;
  const tried = `listen on ${host}:${port}`;
  const code = await tryListen(admin.listen);
  if (code === 'EADDRINUSE' && serving === undefined) {
    const advice = 'stop that program, or give admin.listen another port (ss -ltnp shows who has it)';
    return { verdict: 'failed', tried, found: 'another program has the port', advice };
  }
  if (code !== undefined && code !== 'EADDRINUSE')
    return { verdict: 'failed', tried, ...explainListen(code, admin.listen, 'admin.listen') };
  const state = code === undefined ? 'the port is free' : 'Reveille is running, and has the port';
  const exposure = describeExposure(admin);
  if (exposure === undefined) return { verdict: 'ok', tried, found: state };
  return { verdict: 'warning', tried, found: `${state}; ${exposure.found}`, advice: exposure.advice };
}
