// Room: from the administrator's file to a frozen configuration, or every mistake in it. In: a path. Out: a configuration, or mistakes. May
// enter: app, cli, doctor, push.
import { z } from 'zod';
import { adminSection } from './sections/admin.ts';
import { componentSection } from './sections/component.ts';
import { databaseSection } from './sections/database.ts';
import { dialectsSection } from './sections/dialects.ts';
import { deliverySection } from './sections/delivery.ts';
import { httpSection } from './sections/http.ts';
import { limitsSection } from './sections/limits.ts';
import { localPushSection } from './sections/local-push.ts';
import { logSection } from './sections/log.ts';
import { providersSection } from './sections/providers.ts';

/**
 * The configuration file as administrators write it, a section a file. Descriptions are the help that editors show; defaults
 * stand there and nowhere else. Secrets are plain strings by now: `{ env }` and `{ file }` are replaced before the schema sees them.
 */
export const configSchema = z.strictObject({
  component: componentSection,
  database: databaseSection,
  http: httpSection,
  log: logSection,
  delivery: deliverySection,
  limits: limitsSection,
  providers: providersSection,
  dialects: dialectsSection,
  'local-push': localPushSection,
  admin: adminSection,
});

/** What the sections make of a sound file; paths still as they were written. */
export type ParsedConfig = z.output<typeof configSchema>;
