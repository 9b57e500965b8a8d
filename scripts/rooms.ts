import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

// Writes docs/rooms.md: what the entry file of each folder says of it. The test of the architecture fails where the page is not that.

export interface Room {
  readonly folder: string;
  readonly entry: string;
  readonly what: string;
  readonly in: string;
  readonly out: string;
  readonly mayEnter: string;
}

const mark = '// Room: ';

/** Every room of src and providers, by folder. */
export function describeRooms(root: string): readonly Room[] {
  const files = ['src', 'providers'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(top, file).split(sep).join('/')),
  );
  const rooms = files.flatMap((entry) => readRoom(entry, readFileSync(join(root, entry), 'utf8')) ?? []);
  return rooms.sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

function readRoom(entry: string, text: string): Room | undefined {
  if (!text.startsWith(mark)) return undefined;
  const [comment = ''] = /^(?:\/\/ .*\n)+/.exec(text) ?? [];
  const line = comment.replaceAll('\n// ', ' ').trim().slice(mark.length);
  const [, what = '', comes = '', goes = '', mayEnter = ''] = /^(.*)\. In: (.*)\. Out: (.*)\. May enter: (.*)\.$/.exec(line) ?? [];
  return what === '' ? undefined : { folder: dirname(entry), entry, what, in: comes, out: goes, mayEnter };
}

/** The page; rooms within rooms are indented. */
export function pageOfRooms(rooms: readonly Room[]): string {
  const rows = rooms.map((room) => {
    const depth = rooms.filter(({ folder }) => room.folder.startsWith(`${folder}/`)).length;
    const name = `${'&emsp;'.repeat(depth)}[\`${room.folder}\`](../${room.entry})`;
    return `| ${name} | ${room.what} | ${room.in} | ${room.out} | ${room.mayEnter} |`;
  });
  return `${head}\n${rows.join('\n')}\n`;
}

const head = `# The rooms

<!-- made by scripts/rooms.ts from the first lines of each room's entry file -->

One row a folder, in the words of its entry file, which the name leads to. How a stanza walks through them: [architecture.md](architecture.md).

| room | what it is | comes in | goes out | may enter |
| --- | --- | --- | --- | --- |`;

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  writeFileSync(join(root, 'docs/rooms.md'), pageOfRooms(describeRooms(root)));
}
