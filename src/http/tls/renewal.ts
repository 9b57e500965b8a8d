import type { Server } from 'node:https';
import type { Log } from '../../log/log.ts';
import { loadServerCertificate, stampOf, warnBeforeMs, type CertificateFiles, type ServerCertificate } from './server-certificate.ts';

/** A renewed certificate is in use after this at the latest; connections that are there keep the one they began with. */
const usualLookMs = 60_000;

/** Replaces a server's certificate when its files change, and says when it is about to end. Whoever starts it calls the result, which stops it. */
export function renewCertificate(
  server: Server,
  files: CertificateFiles,
  first: ServerCertificate,
  log: Log,
  lookMs = usualLookMs,
): () => void {
  let [stamp, current] = [stampOf(files), first];
  let warnedOf: ServerCertificate | undefined;
  const look = (): void => {
    const now = stampOf(files);
    // A file that is away for a moment is being replaced.
    if (now !== undefined && now !== stamp) {
      stamp = now;
      replace();
    }
    if (warnedOf === current || current.endsAt.getTime() - Date.now() > warnBeforeMs) return;
    warnedOf = current;
    log.warn('listener-certificate-ends', { endsAt: current.endsAt });
  };
  const replace = (): void => {
    try {
      current = loadServerCertificate(files);
      server.setSecureContext(current);
      log.info('listener-certificate-replaced', { endsAt: current.endsAt });
    } catch (error) {
      log.warn('listener-certificate-not-replaced', { reason: error instanceof Error ? error.message : String(error) });
    }
  };
  look();
  const timer = setInterval(look, lookMs).unref();
  return () => clearInterval(timer);
}
