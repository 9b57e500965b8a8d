// Room: what /metrics shows. In: counts of the rooms, states at a scrape. Out: Prometheus text. May enter: app.
import { collectDefaultMetrics, Registry as Scrape } from 'prom-client';
import type { Log } from '../log/log.ts';
import { createCensus } from './census.ts';
import { createMeasurements, type Labels, type Measurements } from './measurements.ts';
import { addStates, type States } from './states.ts';
import { readLocalTotals, readTotals, type LocalTotals, type Totals } from './totals.ts';

/** What Prometheus scrapes. */
export interface Metrics {
  /** Handed to the rooms that count. */
  readonly measurements: Measurements;
  readonly contentType: string;
  /** Adds what is read at each scrape. The counts may be slow: they are taken now and then, at most once a minute. */
  watch(states: Omit<States, 'devices' | 'dialects'>, counts: DeviceCounts, log: Log): void;
  /** What was counted so far, for charts. */
  readTotals(): Promise<Totals>;
  readLocalTotals(): Promise<LocalTotals>;
  /** The last counts of devices; empty before there is one. */
  readonly counts: () => LastCounts;
  /** The text of a scrape; never rejects for a part that can't be read. */
  render(): Promise<string>;
  /** Settles when a count of devices under way is over. Called by whoever created it, before the registry closes. */
  close(): Promise<void>;
}

/** How many devices there are, by provider and by dialect. */
export type DeviceCounts = Readonly<Record<'devices' | 'dialects', () => Promise<ReadonlyMap<string, number>>>>;

export type LastCounts = Readonly<Record<keyof DeviceCounts, ReadonlyMap<string, number>>>;

/** Creates the counters at 0, and the figures of the process itself. */
export function createMetrics(labels: Labels): Metrics {
  const scrape = new Scrape();
  collectDefaultMetrics({ register: scrape });
  const measurements = createMeasurements(scrape, labels);
  let counts = (): LastCounts => ({ devices: new Map(), dialects: new Map() });
  let close = (): Promise<void> => Promise.resolve();
  return {
    measurements,
    contentType: scrape.contentType,
    watch: (states, sources, log) => {
      const devices = createCensus(sources.devices, log);
      const dialects = createCensus(sources.dialects, log);
      counts = () => ({ devices: devices.read(), dialects: dialects.read() });
      addStates(scrape, { ...states, devices: () => devices.read(), dialects: () => dialects.read() });
      close = () => Promise.all([devices.close(), dialects.close()]).then(() => undefined);
    },
    readTotals: () => readTotals(scrape),
    readLocalTotals: () => readLocalTotals(scrape),
    counts: () => counts(),
    render: () => scrape.metrics(),
    close: () => close(),
  };
}
