import { domain, type Connection } from './connection.ts';
import type { Tag } from './strict-reader.ts';

/** How long is waited for an answer: more than the answer-within of the program, because the machine may be busy. */
export const waitMs = 40_000;

/** Ids of what is asked here begin so. Asked over a connection that ends, it is answered over another one. */
export const askedPrefix = 'asked-';
let asked = 0;

/** Asks something and takes its answer out of what came in; undefined where none came, or the connection ended. */
export async function ask(connection: Connection, build: (id: string) => string | Buffer, limitMs = waitMs): Promise<Tag | undefined> {
  const id = `${askedPrefix}${(asked += 1)}`;
  connection.write(build(id));
  const find = () => connection.received.find(({ attributes }) => attributes['id'] === id);
  await connection.until(() => find() !== undefined || connection.isClosed, limitMs);
  const answer = find();
  connection.received = connection.received.filter((stanza) => stanza !== answer);
  return answer;
}

/** Whether the component answers a ping over this connection. */
export async function ping(connection: Connection, limitMs = waitMs): Promise<boolean> {
  const build = (id: string) => `<iq type='get' id='${id}' from='localhost' to='${domain}'><ping xmlns='urn:xmpp:ping'/></iq>`;
  return (await ask(connection, build, limitMs)) !== undefined;
}
