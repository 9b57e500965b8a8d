#!/usr/bin/env node
import { refuseOldNode } from './cli/node-version.ts';

// All that follows may need today's Node.js to be as much as read, so it is loaded afterwards; and nothing here may.
const refusal = refuseOldNode(process.versions.node, { err: (text) => void process.stderr.write(text) });
if (refusal === undefined) void import('./cli/start.ts');
else process.exitCode = refusal;
