import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { uploadCertificate } from '../administrator.ts';
import { expect } from '../expect.ts';
import type { Narrator } from '../narrator.ts';
import type { HostOptions } from '../stage/hosts.ts';
import { logIn } from '../stage/phone.ts';
import { password, setStage, type Stage } from '../stage/stage.ts';
import { Crowd, crowd } from './crowd.ts';
import { type Order, parseOrder, usages } from './switches.ts';

/** A stage with people on it, whose page can be looked at. */
export interface StayingStage {
  readonly stage: Stage;
  /** Settles when it is to end, by the signal or by a typed order; rejects where something breaks that was not to. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** Builds a stage that stays, without the story. What has to end is handed to `cleanUp`. */
export async function setStayingStage(narrator: Narrator, cleanUp: AsyncDisposableStack, host: HostOptions): Promise<StayingStage> {
  const token = randomBytes(24).toString('base64url');
  const stage = await setStage(narrator, cleanUp, { ...host, pageToken: token, others: crowd, isStaying: true });
  narrator.step('An administrator uploads Apple’s certificate, and six phones register');
  await uploadCertificate(narrator, stage);
  const people = new Crowd(narrator, stage);
  await people.moveIn();
  return { stage, run: (signal) => run({ narrator, stage, people, token }, signal) };
}

interface Scene {
  readonly narrator: Narrator;
  readonly stage: Stage;
  readonly people: Crowd;
  readonly token: string;
}

async function run({ narrator, stage, people, token }: Scene, signal: AbortSignal): Promise<void> {
  const carla = await logIn(stage.host, 'carla', password);
  const ended = Promise.withResolvers<undefined>();
  const over = new AbortController();
  const all = AbortSignal.any([signal, over.signal]);
  all.addEventListener('abort', () => ended.resolve(undefined));
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const order = parseOrder(line);
    if (order === undefined) tellOrders(narrator);
    else if (order.kind === 'end') over.abort();
    else obey(order).catch((error: unknown) => ended.reject(error));
  });

  async function obey(order: Order): Promise<void> {
    if (order.kind === 'dead') return people.lose(all);
    if (order.kind !== 'condition') return;
    const service = stage[order.service];
    service.become(order.condition);
    narrator.seen(service.name, order.condition);
  }

  tellPage(narrator, stage, token);
  tellOrders(narrator);
  const writing = people.write(carla, all).catch((error: unknown) => ended.reject(error));
  try {
    await ended.promise;
  } finally {
    over.abort();
    lines.close();
    await writing;
  }
  // The terminal's Ctrl-C ends the XMPP server as well.
  await carla.goOffline().catch(() => undefined);
}

function tellPage(narrator: Narrator, { page }: Stage, token: string): void {
  expect(page !== undefined, 'Reveille does not say where its status page is');
  narrator.step('It stays: Carla writes twice a second, and every message wakes a phone');
  narrator.seen('The status page', page);
  narrator.seen('Its token', token);
}

function tellOrders(narrator: Narrator): void {
  narrator.say('Type one of these and look at the page:');
  narrator.wire(usages.map(([typed, does]) => `${typed.padEnd(14)} ${does}`).join('\n'));
}
