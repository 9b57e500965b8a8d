import { setTimeout as wait } from 'node:timers/promises';
import { component, xml } from '@xmpp/component';
import { createLog } from '../../src/log/log.ts';
import { Component } from '../../src/xmpp/link/component.ts';
import type { ComponentTimings } from '../../src/xmpp/link/component.ts';
import { Router } from '../../src/xmpp/routing/router.ts';
import type { Route } from '../../src/xmpp/routing/router.ts';
import { xml as build } from '../../src/xmpp/stanza/xml.ts';

/** What a scenario connects to its scripted server: our component, or the bare library doing the same job. */
export interface Subject {
  /** The most `echo` requests worked on at the same time so far. */
  mostAtOnce(): number;
  stop(): Promise<void>;
}

export type StartSubject = (port: number, secret: string) => Promise<Subject>;

export const subjectDomain = 'push.test';
/** Requests that our component works on at once. */
export const inFlightLimit = 1000;

/** Short waits, so that a scenario ends in seconds; the proportions are the real ones. */
export const quickTimings: ComponentTimings = {
  openWithinMs: 4_000,
  closeWithinMs: 300,
  unreadForMs: 1_000,
  stableMs: 60_000,
  backoff: {
    conflict: { firstMs: 4_000, longestMs: 10_000 },
    configuration: { firstMs: 4_000, longestMs: 60_000 },
    shutdown: { firstMs: 50, longestMs: 1_000 },
    lost: { firstMs: 50, longestMs: 1_000 },
  },
  liveness: { keepAliveMs: 500, quietMs: 1_000, probeEveryMs: 200, probes: 4 },
};

/** A handler that gives back the text it got, after `delay` milliseconds where the request asks for it. */
function counter() {
  let now = 0;
  let most = 0;
  return {
    most: () => most,
    during: async (delay: string | undefined): Promise<void> => {
      most = Math.max(most, ++now);
      if (delay !== undefined) await wait(Number(delay));
      now -= 1;
    },
  };
}

export const startOurs: StartSubject = async (port, secret) => {
  const { most, during } = counter();
  const echo: Route = {
    type: 'set',
    xmlns: 'urn:test',
    name: 'echo',
    async handle({ payload }) {
      await during(payload.attrs['delay'] as string | undefined);
      return build('echo', { xmlns: 'urn:test' }, payload.getText().slice(0, 100));
    },
  };
  const log = createLog('silent');
  const router = new Router({ routes: [echo], answerWithinMs: 20_000, inFlight: inFlightLimit, log });
  const options = { domain: subjectDomain, address: { host: '127.0.0.1', port, tls: false }, ca: undefined, secret, connections: 1 };
  const ours = new Component({ ...options, log, timings: quickTimings, backlogBytes: 256 * 1024 }, router);
  ours.start();
  return { mostAtOnce: most, stop: () => ours.close() };
};

/** The library as its README shows it, rejections and errors caught. */
export const startBare: StartSubject = async (port, secret) => {
  const { most, during } = counter();
  const bare = component({ service: `xmpp://127.0.0.1:${port}`, domain: subjectDomain, password: secret });
  bare.on('error', () => undefined);
  bare.iqCallee.set('urn:test', 'echo', async ({ element }) => {
    await during(element.attrs['delay'] as string | undefined);
    return xml('echo', { xmlns: 'urn:test' }, element.getText().slice(0, 100));
  });
  bare.start().catch(() => undefined);
  return { mostAtOnce: most, stop: () => bare.stop().then(ignore, ignore) };
};

function ignore(): void {}
