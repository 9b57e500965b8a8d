import type { Config } from '../config/config.ts';
import { buildAdminMessage } from '../handlers/administration/admin-message.ts';
import type { Log } from '../log/log.ts';
import { Component } from '../xmpp/link/component.ts';
import type { Router } from '../xmpp/routing/router.ts';

/** The link to the XMPP server, not started yet. Whoever called it closes it. */
export function buildComponent({ component }: Config, router: Router, log: Log): Component {
  const { jid: domain, server: address, ca, secret, connections } = component;
  return new Component({ domain, address, ca, secret, connections, log }, router);
}

/** Tells the administrators something, over XMPP. */
export function messageAdmins(component: Component, { jid, admins }: Config['component'], text: string): void {
  for (const admin of admins) component.send(buildAdminMessage(jid, admin, text));
}
