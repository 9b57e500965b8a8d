import type { Ears, Line } from './line.ts';

const subprotocol = 'reveille.local-push.1';

export function openWebSocket(url: string, ears: Ears): Line {
  const socket = tryOpen(url.replace(/^http/, 'ws'));
  if (socket === undefined) {
    const timer = setTimeout(() => ears.closed(0), 0);
    return { send: () => undefined, close: () => clearTimeout(timer) };
  }
  let isOurs = true;
  socket.onmessage = ({ data }) => {
    if (isOurs && typeof data === 'string') ears.message(data);
  };
  // A failure closes as well.
  socket.onclose = ({ code }) => {
    if (isOurs) ears.closed(code);
  };
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => {
      isOurs = false;
      socket.close();
    },
  };
}

/** Throws in browsers where the page's own rules forbid it, and in ancient ones. */
function tryOpen(url: string): WebSocket | undefined {
  try {
    return new WebSocket(url, subprotocol);
  } catch {
    return undefined;
  }
}
