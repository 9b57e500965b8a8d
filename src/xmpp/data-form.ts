import { xml } from './xml.ts';
import type { Element } from './xml.ts';

export const dataForms = 'jabber:x:data';

/** A field of a form we send (XEP-0004 §3.2). */
export interface FormField {
  readonly var: string;
  readonly type: 'hidden' | 'jid-single' | 'list-multi' | 'list-single' | 'text-multi' | 'text-private' | 'text-single';
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

/** First value of each field; a field without a value, or with an empty one, counts as absent. Field types don't matter. */
export type FormValues = ReadonlyMap<string, string>;

/** Most fields a form may have: no client or server sends a tenth of it. */
const mostFields = 64;

export function readForm(form: Element | undefined): FormValues {
  const values = new Map<string, string>();
  for (const field of form?.getChildren('field').slice(0, mostFields) ?? []) {
    const name: unknown = field.attrs['var'];
    const value = field.getChildText('value');
    if (typeof name === 'string' && value !== null && value !== '' && !values.has(name)) values.set(name, value);
  }
  return values;
}
