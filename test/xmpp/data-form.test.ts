import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildForm, buildTable, readBoolean, readForm } from '../../src/xmpp/stanza/data-form.ts';
import { xml } from '../../src/xmpp/stanza/xml.ts';

function read(...values: readonly string[]): string | undefined {
  const field = xml('field', { var: 'a' }, ...values.map((value) => xml('value', {}, value)));
  return readForm(xml('x', { xmlns: 'jabber:x:data', type: 'submit' }, field)).get('a');
}

describe('a data form (XEP-0004)', () => {
  test('lines of a text-multi field are read as one text, empty ones included', () => {
    assert.equal(read('one', '', 'three'), 'one\n\nthree');
    assert.equal(read('one'), 'one');
  });

  test('a field without text is absent', () => {
    assert.equal(read(), undefined);
    assert.equal(read(''), undefined);
  });

  test('a boolean is read in both of its spellings', () => {
    const values = new Map([
      ['a', '1'],
      ['b', 'true'],
      ['c', '0'],
      ['d', 'yes'],
    ]);
    assert.deepEqual(
      ['a', 'b', 'c', 'd', 'e'].map((name) => readBoolean(values, { var: name })),
      [true, true, false, false, false],
    );
  });

  test('each kind of field is written with all it has', () => {
    const form = buildForm('form', [
      { var: 'text', type: 'text-multi', label: 'Text', description: 'Several lines', isRequired: true, values: ['one', 'two'] },
      { var: 'choice', type: 'list-single', values: ['b'], options: [{ label: 'The B', value: 'b' }] },
      { var: 'about', type: 'fixed', values: ['A & B'] },
    ]);
    assert.equal(
      form.toString(),
      '<x xmlns="jabber:x:data" type="form"><field var="text" type="text-multi" label="Text"><desc>Several lines</desc><required/>' +
        '<value>one</value><value>two</value></field><field var="choice" type="list-single"><value>b</value>' +
        '<option label="The B"><value>b</value></option></field><field var="about" type="fixed"><value>A &amp; B</value></field></x>',
    );
  });

  test('a table names its columns once and each cell by its column, and repeats itself as text', () => {
    const columns = [{ var: 'a', type: 'text-single', label: 'A' } as const, { var: 'b', type: 'jid-single', label: 'B' } as const];
    assert.equal(
      buildTable({ columns, rows: [['1', 'x@y'], ['2']] }, 'Two', ['Here']).toString(),
      '<x xmlns="jabber:x:data" type="result"><title>Two</title><instructions>Here</instructions>' +
        '<field var="text" type="text-multi" label="As text"><value>1 | x@y</value><value>2</value></field><reported><field var="a" type="text-single" label="A"/><field var="b" type="jid-single" label="B"/></reported>' +
        '<item><field var="a"><value>1</value></field><field var="b"><value>x@y</value></field></item>' +
        '<item><field var="a"><value>2</value></field><field var="b"><value/></field></item></x>',
    );
  });
});
