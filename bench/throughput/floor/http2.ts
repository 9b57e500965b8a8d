import { serveCommands } from '../../base/helper.ts';
import { measure, type Figures, type Interval } from '../measure.ts';
import { PushLoop, type PushLoopOptions } from './push-loop.ts';

// Floor (b): pushes over one bare node:http2 session, as fast as they are accepted.

let loop: PushLoop | undefined;

const commands = {
  connect: async (options: PushLoopOptions): Promise<void> => {
    loop = await PushLoop.connect(options);
  },
  push: (interval: Interval): Promise<Figures> => {
    if (loop === undefined) throw new Error('not connected');
    return measure(loop, { programs: [process.pid], databases: [] }, interval);
  },
};
export type Http2Commands = typeof commands;
serveCommands(commands);
