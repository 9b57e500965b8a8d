import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createLexer } from '../../src/importing/sql/lexer.ts';
import { readDump, readText } from '../../src/importing/sql/read-dump.ts';
import { createFolder } from '../config/folder.ts';

const create =
  'CREATE TABLE `target` (\n  `node` char(12) DEFAULT NULL,\n  `token` varchar(255),\n  PRIMARY KEY (`node`),\n  KEY `n` (`token`)\n);\n';
const folder = createFolder({});
let count = 0;

async function read(text: string | Buffer, table = 'target'): Promise<(string | undefined)[][]> {
  count += 1;
  const path = join(folder, `${count}.sql`);
  await writeFile(path, text);
  const rows: (string | undefined)[][] = [];
  for await (const row of readDump(path, table, { done: 0 })) rows.push([readText(row, 'node'), readText(row, 'token')]);
  return rows;
}

const refused = (text: string | Buffer, message: RegExp) => assert.rejects(read(text), { name: 'SourceUnusable', message });

describe('a dump in SQL', () => {
  test('gives the rows of several statements of several rows, in the order of CREATE TABLE', async () => {
    const text = `${create}INSERT INTO \`target\` VALUES ('a','1'),('b','2');\nINSERT INTO \`target\` VALUES ('c',NULL);\n`;
    assert.deepEqual(await read(text), [['a', '1'], ['b', '2'], ['c', undefined]]); // prettier-ignore
  });

  test('gives the rows of statements that name their columns, the database, and REPLACE', async () => {
    const text = "INSERT INTO `p2`.`target` (`token`,`node`) VALUES ('1','a');REPLACE INTO p2.target (token, node) VALUES ('2', 'b') ;";
    assert.deepEqual(await read(text), [['a', '1'], ['b', '2']]); // prettier-ignore
  });

  test('has its escapes undone: quotes, backslashes, line breaks, doubled quotes, hexadecimal and marked texts', async () => {
    const text = `${create}INSERT INTO target VALUES ('it''s \\'q\\' \\"d\\" \\\\ \\n\\r\\t\\0\\Z',0x616263),(_binary 'x',X'7A'),(_utf8mb4 'ä','; -- ) (');`;
    assert.deepEqual(await read(text), [['it\'s \'q\' "d" \\ \n\r\t\0\u001a', 'abc'], ['x', 'z'], ['ä', '; -- ) (']]); // prettier-ignore
  });

  test('may have a byte order mark and CRLF', async () => {
    const text = `\ufeff${create}INSERT INTO \`target\` VALUES ('a','1');\n`.replaceAll('\n', '\r\n');
    assert.deepEqual(await read(text), [['a', '1']]);
  });

  test('may have other tables, comments, locks and whatever else mysqldump writes', async () => {
    const text = `-- MySQL dump 10.19\n/*!40101 SET NAMES utf8mb4 */;\n/*!999999\\- enable the sandbox mode */\nDROP TABLE IF EXISTS \`target\`;
CREATE TABLE \`other\` (\`node\` int);\n${create}LOCK TABLES \`target\` WRITE;\n# a remark; it's one\nINSERT INTO \`other\` VALUES (1);
INSERT INTO \`target\` VALUES ('a','1');\nUNLOCK TABLES;\n-- Dump completed on 2026-11-30\n`;
    assert.deepEqual(await read(text), [['a', '1']]);
  });

  test('may be pg_dump’s, with COPY', async () => {
    const text =
      '--\n-- PostgreSQL database dump\n--\nCREATE TABLE public.target (\n    node text NOT NULL,\n    token text\n);\n' +
      "COPY public.target (token, node) FROM stdin;\n1\ta\n\\N\tb\\tc\\\\\nit's\td;\n\\.\n\nCREATE INDEX x ON public.target (token);\n-- PostgreSQL database dump complete\n";
    assert.deepEqual(await read(text), [['a', '1'], ['b\tc\\', undefined], ['d;', "it's"]]); // prettier-ignore
  });

  test('is the same wherever its chunks end', async () => {
    const text = `-- one\n${create}INSERT INTO target VALUES ('it''s','\\\\'),('ä',NULL);/* two */\nCOPY target (node, token) FROM stdin;\nx\ty\n\\.\n`;
    const whole = tokens([Buffer.from(text).toString('latin1')]);
    for (let cut = 1; cut < text.length; cut += 1) {
      const bytes = Buffer.from(text).toString('latin1');
      assert.deepEqual(tokens([bytes.slice(0, cut), bytes.slice(cut)]), whole, `cut at ${cut}`);
    }
    assert.deepEqual(tokens(Array.from(Buffer.from(text).toString('latin1'))), whole);
  });

  test('that was cut within a row, a text or COPY is refused with its line', async () => {
    await refused(`${create}INSERT INTO target VALUES ('a','1'),\n('b'`, /^\S+\.sql:8: the dump ends within a statement: it was cut/);
    await refused(`${create}INSERT INTO target VALUES ('a','1'),\n('b','2`, /^\S+\.sql:8: the dump ends within a value: it was cut/);
    await refused('COPY target (node, token) FROM stdin;\na\t1\n', /^\S+\.sql:3: the dump ends within a value: it was cut/);
  });

  test('that was cut between two statements is refused where its maker ends dumps with a line', async () => {
    await refused(
      `-- MySQL dump 10.19\n${create}INSERT INTO target VALUES ('a','1');\n`,
      /:8: the line that ends a complete dump is missing/,
    );
    await refused(`-- PostgreSQL database dump\n${create}`, /the line that ends a complete dump is missing/);
  });

  test('in UTF-16 is refused, with how to make it again', async () => {
    await refused(Buffer.from(`\ufeff${create}`, 'utf16le'), /:1: this is UTF-16, as PowerShell writes .* --result-file=FILE/);
    await refused(Buffer.from(create, 'utf16le'), /:1: this is UTF-16/);
  });

  test('with another number of values, a missing quote, no columns or no such table is refused with its line', async () => {
    await refused(`${create}INSERT INTO target VALUES ('a','1'),\n('b');`, /:8: a row of 1 values where the table target has 2 columns$/);
    await refused(
      `${create}INSERT INTO target VALUES ('a',1'),('b','2');`,
      /:7: expected a comma or the end of the row: is a quote missing\?$/,
    );
    await refused("INSERT INTO target VALUES ('a','1');", /:1: INSERT INTO target without column names, .* --complete-insert$/);
    await refused('CREATE TABLE other (a int);', /: there is no table target in it$/);
  });

  test('with a quote that never ends is refused before it fills the memory', async () => {
    await refused(
      `${create}INSERT INTO target VALUES ('${'x'.repeat(3 << 20)}`,
      /a value of more than 1048576 bytes, or a quote that is never closed/,
    );
  });

  test('may hold bytes that are no UTF-8 in other columns', async () => {
    const text = Buffer.concat([
      Buffer.from("INSERT INTO target (id, node, token) VALUES (_binary '"),
      Buffer.from([0xff, 0xfe, 0x80]),
      Buffer.from("','a','1');"),
    ]);
    assert.deepEqual(await read(text), [['a', '1']]);
  });
});

function tokens(chunks: readonly string[]): unknown[] {
  const lexer = createLexer();
  const found: unknown[] = [];
  const take = (pieces: Iterable<{ kind: string; text: string; line: number }>): void => {
    for (const piece of pieces) {
      found.push(piece);
      if (piece.text === 'COPY') isCopy = true;
      if (isCopy && piece.text === ';') lexer.copy();
    }
  };
  let isCopy = false;
  for (const chunk of chunks) take(lexer.feed(chunk));
  take(lexer.end());
  return found;
}
