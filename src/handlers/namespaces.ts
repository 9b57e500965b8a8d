// Room: what is answered: publishes, commands, disco; knows XEPs, no socket and no SQL. In: elements. Out: answers. May enter: app.

/** Namespaces of the protocols we speak, under the names of their specifications. */
export const ns = {
  discoInfo: 'http://jabber.org/protocol/disco#info',
  discoItems: 'http://jabber.org/protocol/disco#items',
  commands: 'http://jabber.org/protocol/commands',
  ping: 'urn:xmpp:ping',
  version: 'jabber:iq:version',
  pubsub: 'http://jabber.org/protocol/pubsub',
  publishOptions: 'http://jabber.org/protocol/pubsub#publish-options',
  push: 'urn:xmpp:push:0',
  push2: 'urn:xmpp:push2:0',
  sceRfc8291: 'urn:xmpp:sce:rfc8291:0',
  pushSummary: 'urn:xmpp:push:summary',
  serverInfo: 'http://jabber.org/network/serverinfo',
  dataForms: 'jabber:x:data',
  tigaseEncrypt: 'tigase:push:encrypt:0',
  tigasePriority: 'tigase:push:priority:0',
  tigaseJingle: 'tigase:push:jingle:0',
  tigaseMeet: 'tigase:push:meet:0',
  tigaseOffline: 'http://tigase.org/protocol/muc#offline',
  tigaseEvent: 'http://tigase.org/protocol/account#event',
} as const;
