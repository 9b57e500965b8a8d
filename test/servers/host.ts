/** A running XMPP server on loopback with one virtual host and one component address beside it. */
export interface XmppHost {
  readonly kind: 'prosody' | 'ejabberd' | 'loopback';
  readonly domain: string;
  readonly c2sPort: number;
  readonly componentPort: number;
  readonly componentJid: string;
  readonly componentSecret: string;
  /** Where it speaks XMPP over WebSocket, where that was asked for. */
  readonly websocket?: string;
  addUser(name: string, password: string): Promise<void>;
  /** The same server again on the same ports and data; settles when it listens. */
  restart(): Promise<void>;
  /** Starts one of its modules again while it runs, where it can. */
  restartModule?(name: string): Promise<void>;
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
  /** Stands for the text where that is not put in: push_notification_important_body, a text as include_body. */
  readonly importantBody?: string;
  /** Has rooms (XEP-0045) under `conference.` and its domain. */
  readonly rooms?: boolean;
  /** Modules besides those that every test needs, in the server's own words: names for Prosody, lines of YAML for ejabberd. */
  readonly modules?: readonly string[];
  /** Logs warnings only, where there is too much to tell. */
  readonly quiet?: boolean;
}

export const defaultDomain = 'chat.test';
export const defaultComponentJid = 'push.chat.test';
