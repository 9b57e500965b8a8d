import { xml } from './xml.ts';
import type { Element } from './xml.ts';

export const dataForms = 'jabber:x:data';

export type FieldType =
  | 'boolean'
  | 'fixed'
  | 'hidden'
  | 'jid-multi'
  | 'jid-single'
  | 'list-multi'
  | 'list-single'
  | 'text-multi'
  | 'text-private'
  | 'text-single';

/** A field of a form we send (XEP-0004 §3.2). */
export interface FormField {
  readonly var: string;
  readonly type: FieldType;
  readonly label?: string;
  readonly description?: string;
  readonly isRequired?: boolean;
  readonly values?: readonly string[];
  readonly options?: readonly { readonly label: string; readonly value: string }[];
}

/** `type` is always written: Martin refuses forms without it. */
export function buildForm(type: 'form' | 'result', fields: readonly FormField[], title?: string, instructions?: string): Element {
  return xml(
    'x',
    { xmlns: dataForms, type },
    title === undefined ? undefined : xml('title', {}, title),
    instructions === undefined ? undefined : xml('instructions', {}, instructions),
    ...fields.map(buildField),
  );
}

function buildField(field: FormField): Element {
  return xml(
    'field',
    { var: field.var, type: field.type, label: field.label },
    field.description === undefined ? undefined : xml('desc', {}, field.description),
    field.isRequired === true ? xml('required', {}) : undefined,
    ...(field.values ?? []).map((value) => xml('value', {}, value)),
    ...(field.options ?? []).map(({ label, value }) => xml('option', { label }, xml('value', {}, value))),
  );
}

/** Rows of the same fields (XEP-0004 §3.4); each row has one value for each column. */
export interface FormTable {
  readonly columns: readonly Pick<FormField, 'var' | 'type' | 'label'>[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * A result form that is a table, with the same rows once more as lines of text.
 * COMPAT(Gajim 2): shows the table and its title, without which it fails, and none of the fields.
 * COMPAT(Psi, Gajim 1): show the fields and no table.
 */
export function buildTable({ columns, rows }: FormTable, title: string, instructions: readonly string[]): Element {
  return xml(
    'x',
    { xmlns: dataForms, type: 'result' },
    xml('title', {}, title),
    ...instructions.map((text) => xml('instructions', {}, text)),
    buildField({ var: 'text', type: 'text-multi', label: 'As text', values: rows.map((row) => row.join(' | ')) }),
    xml('reported', {}, ...columns.map(buildField)),
    ...rows.map((row) => xml('item', {}, ...columns.map((column, i) => buildCell(column.var, row[i] ?? '')))),
  );
}

function buildCell(name: string, value: string): Element {
  return xml('field', { var: name }, xml('value', {}, value));
}

/**
 * The text of each field: where it has several values (text-multi: one a line) all of them, a line each. A field without a
 * value, or with an empty one, counts as absent. Field types don't matter. White space around it is dropped (pretty-printed XML
 * has some, pasted text has non-breaking spaces), except in the fields that a person wrote or chose: see `readForm`.
 */
export type FormValues = ReadonlyMap<string, string>;

/** Most fields a form may have: no client or server sends a tenth of it. */
const mostFields = 64;

/** The fields named in `asWritten` keep the white space around their text. */
export function readForm(form: Element | undefined, asWritten: readonly string[] = []): FormValues {
  const values = new Map<string, string>();
  let fields = 0;
  for (const field of form?.children ?? []) {
    if (typeof field === 'string' || field.getName() !== 'field') continue;
    fields += 1;
    if (fields > mostFields) break;
    const name: unknown = field.attrs['var'];
    const text = readText(field);
    const value = typeof name === 'string' && asWritten.includes(name) ? text : text.trim();
    if (typeof name === 'string' && value !== '' && !values.has(name)) values.set(name, value);
  }
  return values;
}

function readText(field: Element): string {
  let text: string | undefined;
  for (const value of field.children) {
    if (typeof value === 'string' || value.getName() !== 'value') continue;
    text = text === undefined ? value.getText() : `${text}\n${value.getText()}`;
  }
  return text ?? '';
}

/** A boolean field as either of the two spellings that XEP-0004 §3.3 knows; false where it is absent. */
export function readBoolean(values: FormValues, field: Pick<FormField, 'var'>): boolean {
  return ['1', 'true'].includes(values.get(field.var) ?? '');
}
