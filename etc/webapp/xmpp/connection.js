import { Trouble } from '../trouble.js';
import { is, ns, parse, serialize, xml } from './xml.js';

const limitMs = 20_000;
const closeLimitMs = 3_000;

/** Elements over a WebSocket (RFC 7395), one a message. What comes waits until it is asked for. */
export class Connection {
  #socket;
  #inbox = [];
  /** Whoever waits for the next element. */
  #waiting;
  /** Why nothing comes any more. */
  #end;

  constructor(url) {
    this.url = url;
    try {
      this.#socket = new WebSocket(url, 'xmpp');
    } catch (cause) {
      throw new Trouble(
        `The browser does not open a WebSocket to ${url}`,
        'The address begins with wss:// (on this machine, ws:// will do), and names a host.',
        cause,
      );
    }
    this.#socket.addEventListener('message', ({ data }) => this.#take(data));
    this.#socket.addEventListener('close', () => this.#stop(this.#whyClosed()));
  }

  /** Settles when the WebSocket is open. */
  async opened() {
    if (this.#socket.readyState === WebSocket.OPEN) return;
    await this.#wait('the connection', (settle) => this.#socket.addEventListener('open', settle, { once: true }));
  }

  send(element) {
    this.#socket.send(serialize(element));
  }

  /** The next element, whatever it is; `what` completes “waited for …”. */
  async next(what) {
    if (this.#inbox.length > 0) return this.#inbox.shift();
    return this.#wait(what, () => undefined);
  }

  /** The answer to a request. Rejects with what the other side says where it is an error. Whatever else comes meanwhile is dropped. */
  async ask(type, payload, to) {
    const id = crypto.randomUUID();
    this.send(xml(ns.client, 'iq', { type, id, to }, payload));
    for (;;) {
      const answer = await this.next(`an answer of ${to ?? 'your server'}`);
      // Whoever knows the id could answer in another's name.
      if (answer.getAttribute('id') !== id || (to !== undefined && answer.getAttribute('from') !== to)) continue;
      if (answer.getAttribute('type') === 'result') return answer;
      throw new Refusal(answer, to);
    }
  }

  /** Says goodbye and settles when the connection is gone, which it is within seconds. */
  async close() {
    if (this.#end !== undefined) return;
    const gone = new Promise((settle) => this.#socket.addEventListener('close', settle, { once: true }));
    // The server says goodbye too, and then #take closes the socket.
    if (this.#socket.readyState === WebSocket.OPEN) this.send(xml(ns.framing, 'close'));
    await Promise.race([gone, new Promise((settle) => setTimeout(settle, closeLimitMs))]);
    this.#socket.close();
  }

  /** Goodbye without waiting for the other side's, where things went wrong. */
  abandon() {
    if (this.#socket.readyState === WebSocket.OPEN) this.send(xml(ns.framing, 'close'));
    this.#socket.close();
  }

  #wait(what, also) {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#stop(new Trouble(`${this.url} is silent`, `The page waited ${limitMs / 1000} seconds for ${what}. Try again.`)),
        limitMs,
      );
      const settle = (how) => (value) => {
        clearTimeout(timer);
        this.#waiting = undefined;
        how(value);
      };
      this.#waiting = { resolve: settle(resolve), reject: settle(reject) };
      also(this.#waiting.resolve);
    });
  }

  #take(data) {
    const element = typeof data === 'string' && data.startsWith('<') ? parse(data) : undefined;
    if (element === undefined)
      return this.#stop(new Trouble(`${this.url} sent something that is no XML`, 'Is it the WebSocket of an XMPP server?'));
    if (is(element, ns.streams, 'error')) return this.#stop(streamError(element));
    if (is(element, ns.framing, 'close')) return this.#socket.close();
    if (this.#waiting === undefined) this.#inbox.push(element);
    else this.#waiting.resolve(element);
  }

  #stop(why) {
    this.#end ??= why;
    this.#waiting?.reject(this.#end);
    this.#socket.close();
  }

  #whyClosed() {
    return new Trouble(
      `No connection to ${this.url}`,
      'Browsers do not say why. Is the address right? Does the server have WebSockets switched on (mod_websocket, ejabberd_http_ws)? ' +
        'Is its certificate valid for that name?',
    );
  }
}

/** A request that was answered with an error. */
export class Refusal extends Trouble {
  constructor(answer, by = 'Your server') {
    const error = answer.getElementsByTagName('error')[0];
    const words = [...(error?.children ?? [])];
    const condition = words.find(({ localName }) => localName !== 'text')?.localName ?? 'without a reason';
    const text = words.find(({ localName }) => localName === 'text')?.textContent;
    super(
      `${by} refuses: ${text ? `${text} (${condition})` : condition}`,
      adviceOn[condition] ?? 'Try again; if it stays so, ask its administrator.',
    );
    this.condition = condition;
  }
}

const adviceOn = {
  forbidden: 'It does not serve accounts of your domain: ask its administrator (registrants).',
  'item-not-found': 'It has not got what was asked for: is the address of the push service right?',
  'not-allowed': 'It does not let you: is the address of the push service right?',
  'remote-server-not-found': 'There is no such address: is the address of the push service right?',
  'remote-server-timeout': 'The push service is not connected to its server just now: try again later.',
  'resource-constraint': 'That was too often in a short time: wait a minute.',
  'service-unavailable': 'It does not know what was asked of it: is push (XEP-0357, mod_cloud_notify or mod_push) switched on there?',
};

function streamError(element) {
  const condition = element.firstElementChild?.localName ?? 'no reason';
  const advice = condition === 'host-unknown' ? 'The server does not have the domain of your XMPP address.' : 'Try again later.';
  return new Trouble(`The server ends the connection: ${condition}`, advice);
}
