import { z } from 'zod';
import { listenAddress } from '../values/address.ts';
import { duration } from '../values/duration.ts';
import { list, nonEmpty, path, wholeNumber } from '../values/plain.ts';

/** Connections that devices hold to Reveille itself, beside their push service. */
export interface LocalPushConfig {
  /** Provider ids whose devices may connect. */
  readonly providers: readonly string[];
  readonly keepAliveMs: number;
  /** How long a device has for acknowledging a push before it goes to the push service. */
  readonly answerWithinMs: number;
  readonly maxConnections: number;
  readonly connectionsPerAddress: number;
  /** Where devices may connect besides the public HTTP port. */
  readonly own?: OwnListener | undefined;
}

/** A port for connections of devices and for nothing else; with TLS where it has a certificate, whose paths are absolute in a {@link Config}. */
export interface OwnListener {
  readonly listen: { readonly host: string; readonly port: number };
  readonly certificate: { readonly certFile: string; readonly keyFile: string } | undefined;
}

export const localPushSection = z
  .strictObject({
    providers: list(nonEmpty('expected a provider id'))
      .min(1, { error: 'expected at least one provider id' })
      .meta({ description: 'Provider ids whose devices may connect.' }),
    'keep-alive': duration('1s', '1h')
      .prefault('120s')
      .meta({ description: 'After so much silence a connection is asked whether it lives.' }),
    'answer-within': duration('100ms', '10s')
      .prefault('3s')
      .meta({ description: 'A push that the device has not acknowledged by then goes to its push service.' }),
    'max-connections': wholeNumber(1, 1_000_000)
      .default(20_000)
      .meta({ description: 'Connections of one instance; more are asked to come later.' }),
    'connections-per-address': wholeNumber(1, 1_000_000)
      .default(1_000)
      .meta({ description: 'Connections of one IP address at a time, and how many it may open in a minute.' }),
    listen: listenAddress
      .optional()
      .meta({ description: 'host:port where devices may connect besides the HTTP port: nothing else is there.' }),
    'cert-file': path()
      .optional()
      .meta({ description: 'Certificate of listen, in PEM, with what leads to its authority: it speaks TLS then.' }),
    'key-file': path().optional().meta({ description: 'Private key of cert-file, in PEM, without a password.' }),
  })
  .refine((table) => table['cert-file'] === undefined || table['key-file'] !== undefined, {
    path: ['key-file'],
    error: 'is missing: cert-file needs its private key',
  })
  .refine((table) => table['key-file'] === undefined || table['cert-file'] !== undefined, {
    path: ['cert-file'],
    error: 'is missing: key-file is of no use without a certificate',
  })
  .refine((table) => table['cert-file'] === undefined || table.listen !== undefined, {
    path: ['listen'],
    error: 'is missing: cert-file is for it (host:port; the HTTP port of [http] speaks no TLS)',
  })
  .optional()
  .meta({ description: 'Push without a push service, where a device is connected. Absent: off.' })
  .transform((table): LocalPushConfig | undefined =>
    table === undefined
      ? undefined
      : {
          providers: table.providers,
          keepAliveMs: table['keep-alive'],
          answerWithinMs: table['answer-within'],
          maxConnections: table['max-connections'],
          connectionsPerAddress: table['connections-per-address'],
          ...buildOwn(table),
        },
  );

interface OwnTable {
  readonly listen?: OwnListener['listen'] | undefined;
  readonly 'cert-file'?: string | undefined;
  readonly 'key-file'?: string | undefined;
}

function buildOwn({ listen, 'cert-file': certFile, 'key-file': keyFile }: OwnTable): Pick<LocalPushConfig, 'own'> {
  if (listen === undefined) return {};
  return { own: { listen, certificate: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile } } };
}
