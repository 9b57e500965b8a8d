// Room: reveille devices: who is registered, and away with them. In: options. Out: lines. May enter: cli.
import { loadConfig } from '../../config/reading/load-config.ts';
import { createLog } from '../../log/log.ts';
import { visitRegistry } from '../../registry/open-existing.ts';
import type { DeviceFilter, ListedDevice, Registry } from '../../registry/registry.ts';
import { type DevicesOptions, parseDevicesOptions } from './options.ts';
import { createDevicesTable, describeCounts, encodeCounts, encodeDevice, nameDevices } from './output.ts';
import { describeRemoval, removeDevices } from './remove.ts';
import { listenForInterrupt } from '../signals.ts';
import { createLineWriter, type LineWriter } from '../line/write-lines.ts';

const pageSize = 500;

/**
 * `reveille devices`: shows or removes what is registered. Settles with 0, also where nothing matches, or with 1 where it
 * was interrupted or a removal was declined. Works beside a running `serve`, which hears of every removal.
 */
export async function devices(args: readonly string[]): Promise<number> {
  const options = parseDevicesOptions(args);
  const config = loadConfig(options.config);
  const interrupt = listenForInterrupt();
  const writer = createLineWriter(process.stdout);
  const log = createLog('warn', process.stderr);
  const exitCode = await visitRegistry(config, log, (registry) => act(registry, options, writer, interrupt));
  return exitCode ?? tellOfNothing(options, writer);
}

function act(registry: Registry, options: DevicesOptions, writer: LineWriter, interrupt: AbortSignal): Promise<number> {
  switch (options.action) {
    case 'list':
      return list(registry, options, writer, interrupt);
    case 'count':
      return count(registry, options, writer);
    case 'remove':
      return removeDevices(registry, options, writer, interrupt);
    default:
      return options.action satisfies never;
  }
}

async function list(registry: Registry, { filter, json }: DevicesOptions, writer: LineWriter, interrupt: AbortSignal): Promise<number> {
  let total = 0;
  let table: ReturnType<typeof createDevicesTable> | undefined;
  for await (const page of readPages(registry, narrow(filter))) {
    if (interrupt.aborted || writer.isClosed()) return 1;
    total += page.length;
    if (table === undefined && !json && page.length > 0) await writer.write([(table = createDevicesTable(page)).header()]);
    const show = table;
    await writer.write(page.map((device) => (show === undefined ? encodeDevice(device) : show.row(device))));
  }
  if (!json) await writer.write(total === 0 ? ['No device matches.'] : ['', nameDevices(total)]);
  return 0;
}

async function* readPages(registry: Registry, filter: DeviceFilter): AsyncGenerator<readonly ListedDevice[]> {
  let page: readonly ListedDevice[] | undefined;
  do {
    page = await registry.list(filter, { limit: pageSize, after: page?.at(-1) });
    yield page;
  } while (page.length === pageSize);
}

async function count(registry: Registry, { filter, json }: DevicesOptions, writer: LineWriter): Promise<number> {
  const counts = await registry.count(narrow(filter));
  await writer.write(json ? encodeCounts(counts) : describeCounts(counts));
  return 0;
}

/** There is no database yet. */
async function tellOfNothing({ action, json }: DevicesOptions, writer: LineWriter): Promise<number> {
  if (action === 'count') await writer.write(json ? [] : describeCounts(new Map()));
  if (action === 'remove') await writer.write([describeRemoval(0, json)]);
  if (action === 'list' && !json) await writer.write(['No device matches.']);
  return 0;
}

function narrow(filter: DeviceFilter | 'all'): DeviceFilter {
  return filter === 'all' ? {} : filter;
}
