import type { Config } from '../../config/config.ts';
import { buildToml } from '../../importing/settings/build-toml.ts';
import type { FoundSettings } from '../../importing/settings/settings.ts';
import { writeSettings } from '../../importing/settings/write-settings.ts';
import type { LineWriter } from '../line/write-lines.ts';
import { UsageError } from '../line/usage-error.ts';
import type { ImportOptions } from './options.ts';

/** Writes the configuration where that is asked for, and says what was not taken of the other one's. */
export async function tellSettings(
  settings: FoundSettings | undefined,
  { writeConfig, isDry, from }: ImportOptions,
  config: Config | undefined,
  writer: LineWriter,
): Promise<void> {
  if (settings === undefined) {
    if (writeConfig !== undefined) throw new UsageError(`--write-config: no configuration of ${from} is among the sources`);
    return;
  }
  const { jid } = settings.component;
  if (config !== undefined && jid !== undefined && jid.toLowerCase() !== config.component.jid)
    await writer.write([
      `Mind: ${from} answers as ${jid}, this configuration as ${config.component.jid}. Servers publish to the address that phones enabled push with.`,
    ]);
  if (writeConfig === undefined) return;
  // Standard output shows no secret: variables are to hold them.
  if (writeConfig === '-') return writer.write([buildToml(settings, 'environment').text.trimEnd()]);
  const remarks = settings.remarks.map((remark) => `  not taken: ${remark}`);
  if (isDry) return writer.write([`${writeConfig} would be written.`, ...remarks]);
  const made = await writeSettings(settings, writeConfig);
  await writer.write([...made.map((path) => `${path} written.`), ...remarks]);
}
