import type { ServerResponse } from 'node:http';
import type { Log } from '../../log/log.ts';
import type { Audience } from '../streams/audience.ts';
import { buildEvent, type Viewer } from '../streams/viewer.ts';
import { ApiRefusal, type AdminRoute } from './route.ts';

/** A step of `reveille doctor`, secrets hidden. */
export interface DoctorStep {
  readonly title: string;
  readonly verdict: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly tried?: string;
  readonly found: string;
  readonly advice?: string | undefined;
}

/** Examines the configuration that the program runs with; each step as soon as it is known. Ends early when the signal aborts. */
export type Examine = (signal: AbortSignal) => AsyncIterable<DoctorStep>;

export interface DoctorParts {
  /** Undefined where nobody can: then it is refused. */
  readonly examine: Examine | undefined;
  readonly patients: Audience;
  readonly log: Log;
  readonly closing: AbortSignal;
}

/** One run at a time: each opens connections to every service. */
export function buildDoctorRoute({ examine, patients, log, closing }: DoctorParts): AdminRoute {
  let isRunning = false;

  async function run(response: ServerResponse, examineAll: Examine): Promise<void> {
    const viewer = patients.admit(response);
    const left = new AbortController();
    void viewer.closed.then(() => left.abort());
    try {
      await tellAll(viewer, examineAll(AbortSignal.any([closing, left.signal])));
    } catch (error) {
      log.error('admin-failed', { error });
      viewer.drop();
    } finally {
      isRunning = false;
    }
  }

  return {
    method: 'POST',
    path: '/api/doctor',
    handle: ({ client }) => {
      if (examine === undefined) throw new ApiRefusal(503, 'doctor can not be run from here: run reveille doctor');
      if (isRunning) throw new ApiRefusal(409, 'doctor is running already; wait until it is done');
      isRunning = true;
      log.info('admin-action', { action: 'doctor', client });
      return { stream: (response) => void run(response, examine) };
    },
  };
}

async function tellAll(viewer: Viewer, steps: AsyncIterable<DoctorStep>): Promise<void> {
  let failed = 0;
  for await (const { title, verdict, tried, found, advice } of steps) {
    if (verdict === 'failed') failed += 1;
    viewer.send(buildEvent('step', { name: title, verdict, tried, words: found, advice }), performance.now());
  }
  viewer.send(buildEvent('end', { failed }), performance.now());
  viewer.end();
}
