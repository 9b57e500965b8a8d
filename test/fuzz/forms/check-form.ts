import type { Tag } from '../program/strict-reader.ts';

const fieldTypes = new Set([
  ...['boolean', 'fixed', 'hidden', 'jid-multi', 'jid-single', 'list-multi', 'list-single', 'text-multi', 'text-private', 'text-single'],
]);

/** Throws where a form is not as XEP-0004 §3 has it. */
export function checkForm(form: Tag, type: 'form' | 'result'): void {
  if (form.uri !== 'jabber:x:data' || form.name !== 'x') throw new Error(`not a data form: ${form.name}`);
  if (form.attributes['type'] !== type) throw new Error(`a form of type ${form.attributes['type'] ?? ''} instead of ${type}`);
  const columns = pick(form, 'reported').flatMap((reported) => pick(reported, 'field'));
  for (const field of [...pick(form, 'field'), ...columns]) checkField(field);
  for (const item of pick(form, 'item')) checkItem(item, columns);
}

function checkField(field: Tag): void {
  const { var: name = '', type = '' } = field.attributes;
  const values = pick(field, 'value');
  if (!fieldTypes.has(type)) throw new Error(`a field of type "${type}"`);
  if (name === '' && type !== 'fixed') throw new Error('a field without a name');
  if (values.length > 1 && !type.endsWith('-multi') && type !== 'hidden') throw new Error(`several values in a field of type ${type}`);
  if (type === 'text-private' && values.length > 0) throw new Error('a password comes back');
  for (const option of pick(field, 'option')) if (pick(option, 'value').length !== 1) throw new Error('an option without its one value');
}

/** XEP-0004 §3.4: each item has a field for every column. */
function checkItem(item: Tag, columns: readonly Tag[]): void {
  const names = (fields: readonly Tag[]) => fields.map(({ attributes }) => attributes['var']).join();
  if (names(pick(item, 'field')) !== names(columns)) throw new Error('an item with other fields than were announced');
}

export function pick({ children }: Tag, name: string): readonly Tag[] {
  return children.filter((child) => child.name === name);
}
