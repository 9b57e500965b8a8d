import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';

const script = "require('net').createServer().listen({port:0,host:'127.0.0.1',backlog:1},function(){console.log(this.address().port)})";

/** A port whose queue is full and never emptied: what is sent there is dropped, as a firewall does. */
export async function createBlackHole(context: TestContext): Promise<number> {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => void child.kill('SIGKILL'));
  const port = Number(String((await once(child.stdout, 'data'))[0]));
  child.kill('SIGSTOP');
  for (let count = 0; count < 8; count += 1) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    context.after(() => socket.destroy());
  }
  return port;
}
