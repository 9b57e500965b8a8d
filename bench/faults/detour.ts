import { syncBuiltinESMExports } from 'node:module';
import tls from 'node:tls';

/**
 * From now on this process's TLS connections to these hosts, whatever makes them and whatever port is asked for, go to
 * these ports of localhost. For clients whose hosts or ports are fixed; what they send is not touched.
 */
export function detour(ports: Readonly<Record<string, number>>): void {
  const original = tls.connect;
  const connect = (...given: readonly unknown[]) => {
    const { options, listener } = readArguments(given);
    const port = ports[options.host ?? ''];
    return original(port === undefined ? options : { ...options, host: 'localhost', servername: 'localhost', port }, listener);
  };
  tls.connect = connect;
  syncBuiltinESMExports();
}

interface Arguments {
  readonly options: tls.ConnectionOptions;
  readonly listener: (() => void) | undefined;
}

/** `(options, listener)` or `(port, host, options, listener)`, where host, options and listener may be missing. */
function readArguments(given: readonly unknown[]): Arguments {
  const [port, host] = given.filter((argument) => typeof argument === 'string' || typeof argument === 'number');
  const options = given.find((argument) => typeof argument === 'object' && argument !== null) as tls.ConnectionOptions | undefined;
  const listener = given.find((argument) => typeof argument === 'function') as (() => void) | undefined;
  const address = { ...(port === undefined ? {} : { port: Number(port) }), ...(host === undefined ? {} : { host: String(host) }) };
  return { options: { ...options, ...address }, listener };
}
