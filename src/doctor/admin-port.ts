import type { AdminConfig } from '../config/sections/admin.ts';
import { describeExposure } from '../config/exposure.ts';
import { examineOwnPort } from './http-port.ts';
import type { Serving } from './running.ts';
import type { StepResult } from './step.ts';

/** Whether the status page can be opened or is, and who reaches it. `serving` is the Reveille that runs with this configuration. */
export async function examineAdminPort(admin: AdminConfig, serving: Serving | undefined): Promise<StepResult> {
  const tried = `listen on ${admin.listen.host}:${admin.listen.port}`;
  const port = await examineOwnPort({ listen: admin.listen, key: 'admin.listen', tried }, serving);
  if ('failure' in port) return port.failure;
  const { state } = port;
  const exposure = describeExposure(admin);
  if (exposure === undefined) return { verdict: 'ok', tried, found: state };
  return { verdict: 'warning', tried, found: `${state}; ${exposure.found}`, advice: exposure.advice };
}
