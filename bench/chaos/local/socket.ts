import { WebSocket } from 'ws';

class PhoneSocket extends WebSocket {
  constructor(url: string, protocol: string) {
    super(url, protocol, { perMessageDeflate: false });
    this.on('error', () => undefined); // `close` follows
  }
}

/** The client library takes the WebSocket that browsers and newer Nodes have; where there is none it gets this one. */
export function provideWebSocket(): void {
  if (!('WebSocket' in globalThis)) Object.assign(globalThis, { WebSocket: PhoneSocket });
}
