/** A running XMPP server on loopback with one virtual host and one component address beside it. */
export interface XmppHost {
  readonly kind: 'prosody' | 'ejabberd' | 'loopback';
  readonly domain: string;
  readonly c2sPort: number;
  readonly componentPort: number;
  readonly componentJid: string;
  readonly componentSecret: string;
  addUser(name: string, password: string): Promise<void>;
  /** The same server again on the same ports and data; settles when it listens. */
  restart(): Promise<void>;
  /** Ends the server and removes its folder; whoever started it calls this. May be called twice. */
  stop(): Promise<void>;
  /** What the server logged so far, for the message of a failed test. */
  log(): string;
}

export interface HostOptions {
  /** The root folder that the server is installed in; absent: this system. */
  readonly root?: string;
  readonly domain?: string;
  readonly componentJid?: string;
  /** Puts the real text and the sender into what is published; off by default as in both servers. */
  readonly withBody?: boolean;
  readonly withSender?: boolean;
  /** Modules besides those that every test needs, in the server's own words: names for Prosody, lines of YAML for ejabberd. */
  readonly modules?: readonly string[];
  /** Logs warnings only, where there is too much to tell. */
  readonly quiet?: boolean;
}

export const defaultDomain = 'chat.test';
export const defaultComponentJid = 'push.chat.test';
