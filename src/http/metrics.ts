import { Counter, Gauge, Registry as Metrics } from 'prom-client';
import type { HealthParts } from './health.ts';

/** What `/metrics` shows so far: the state of the link and of the providers, read when it is asked for. */
export function createMetrics({ component, providers }: Pick<HealthParts, 'component' | 'providers'>): Metrics {
  const registers = [new Metrics()] as [Metrics];
  new Gauge({
    name: 'reveille_component_up',
    help: 'Connections to the XMPP server that are up.',
    registers,
    collect() {
      this.set(component.up);
    },
  });
  new Counter({
    name: 'reveille_component_reconnects_total',
    help: 'Times that a connection to the XMPP server came up again.',
    registers,
    collect() {
      this.reset();
      this.inc(component.reconnects);
    },
  });
  new Gauge({
    name: 'reveille_http2_sessions',
    help: 'Connections to the push service that are open.',
    labelNames: ['provider'],
    registers,
    collect() {
      for (const [provider, { sessions }] of statuses()) if (sessions !== undefined) this.set({ provider }, sessions);
    },
  });
  new Gauge({
    name: 'reveille_credential_expiry_timestamp_seconds',
    help: 'When the credential of a provider that ends first stops working, in seconds since 1970.',
    labelNames: ['provider'],
    registers,
    collect() {
      this.reset();
      for (const [provider, { credentialExpiresAt: end }] of statuses())
        if (end !== undefined) this.set({ provider }, end.getTime() / 1000);
    },
  });
  return registers[0];

  function statuses() {
    return [...providers].map(([id, provider]) => [id, provider.status()] as const);
  }
}
