import { z } from 'zod';
import { wholeNumber } from '../values/plain.ts';

/** Bounds against overload and abuse. */
export interface LimitsConfig {
  readonly devicesPerOwner: number;
  /** Per account; ten times that per domain. */
  readonly registrationsPerMinute: number;
  /** Publishes being worked on. */
  readonly inFlight: number;
}

export const limitsSection = z
  .strictObject({
    'devices-per-owner': wholeNumber(1, 1000).default(25).meta({ description: 'Beyond it the one unused longest gives way.' }),
    'registrations-per-minute': wholeNumber(1, 100_000).default(60).meta({ description: 'Per account; ten times that per domain.' }),
    'in-flight': wholeNumber(1, 1_000_000)
      .default(10_000)
      .meta({ description: 'Publishes being worked on; beyond it publishers are asked to try again later.' }),
  })
  .prefault({})
  .meta({ description: 'Bounds against overload and abuse.' })
  .transform((limits): LimitsConfig => ({
    devicesPerOwner: limits['devices-per-owner'],
    registrationsPerMinute: limits['registrations-per-minute'],
    inFlight: limits['in-flight'],
  }));
