import { createHash } from 'node:crypto';
import { anna, apns, push } from '../../helpers/app.ts';

/** As Tigase makes them, of an account. */
export const nodeName = (text: string): string => `01#${createHash('sha256').update(text).digest('hex').toUpperCase()}`;
export const columns = [
  'service_jid',
  'service_jid_id',
  'user_jid',
  'user_jid_id',
  'node',
  'node_id',
  'provider',
  'device_id',
  'device_id_id',
  'device_second_id',
];

export interface Row {
  readonly service?: string;
  readonly user?: string;
  readonly node?: string;
  readonly provider?: string;
  readonly token?: string;
  readonly second?: string;
}

/** As mysqldump writes Tigase Push's table: digests in binary columns, with whatever bytes they have. */
export function dump(rows: readonly Row[]): Buffer {
  const quote = (bytes: Buffer): string =>
    `'${bytes.toString('latin1').replace(/[\\']/g, '\\$&').replaceAll('\0', '\\0').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\u001a', '\\Z')}'`;
  const digest = (text: string): string => `_binary ${quote(createHash('sha256').update(text).digest())}`;
  const text = (value: string): string => quote(Buffer.from(value));
  const values = rows.map(({ service = push, user = anna, node = nodeName(user), provider = apns, token = 'accept-1', second }) =>
    [
      text(service),
      digest(service),
      text(user),
      digest(user),
      text(node),
      digest(node),
      text(provider),
      text(token),
      digest(token),
      second === undefined ? 'NULL' : text(second),
    ].join(','),
  );
  const create = `CREATE TABLE \`tig_push_devices\` (\n${columns.map((column) => `  \`${column}\` ${column.endsWith('_id') ? 'varbinary(64)' : 'varchar(2049)'} DEFAULT NULL`).join(',\n')},\n  KEY \`n\` (\`service_jid_id\`,\`node_id\`)\n) ENGINE=InnoDB;\n`;
  const insert = values.length === 0 ? '' : `INSERT INTO \`tig_push_devices\` VALUES (${values.join('),(')});\n`;
  return Buffer.from(`-- MySQL dump 10.13\n${create}${insert}-- Dump completed\n`, 'latin1');
}
