import type { Log } from '../../log/log.ts';
import { ApiRefusal, demandText, type AdminRoute } from './route.ts';

/** What became of a certificate, in the words of the ad-hoc command. */
export type CertificateEnd =
  { readonly kind: 'set'; readonly words: string; readonly expires: Date } | { readonly kind: 'refused'; readonly words: string };

export interface CertificateParts {
  readonly setCertificate: (upload: {
    readonly provider: string;
    /** Base64 of a .p12, or PEM. */
    readonly certificate: string;
    readonly password: string | undefined;
  }) => Promise<CertificateEnd>;
  readonly log: Log;
}

/** A certificate in base64 is bounded by the command at 64 KiB; beside it stands a password. */
const maxBytes = 80 * 1024;

export function buildCertificateRoute({ setCertificate, log }: CertificateParts): AdminRoute {
  return {
    method: 'POST',
    path: '/api/providers/certificate',
    maxBytes,
    handle: async (request) => {
      const provider = demandText(request, 'provider');
      const certificate = demandText(request, 'certificate');
      const { password } = request.body;
      if (password !== undefined && password !== null && typeof password !== 'string')
        throw new ApiRefusal(400, '"password": expected a text');
      // Blanks at its ends may be part of it.
      const end = await setCertificate({ provider, certificate, password: password === null || password === '' ? undefined : password });
      log.info('admin-action', { action: 'set-certificate', client: request.client, provider, result: end.kind });
      if (end.kind === 'refused') return { status: 422, body: { words: end.words } };
      return { body: { words: end.words, expires: end.expires.toISOString() } };
    },
  };
}
