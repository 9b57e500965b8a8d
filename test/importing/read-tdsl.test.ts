import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readTdsl } from '../../src/importing/tdsl/read-tdsl.ts';

describe('a file in Tigase’s configuration language', () => {
  test('is read with beans, classes, properties, lists, numbers, variables and remarks', () => {
    const root = readTdsl(`# a remark
admins = [ 'a@x', "b@x" ]
'config-type' = 'component'
'push' (class: tigase.push.PushNotificationsComponent, active: true) {
    n = 5
    password = env('SECRET')
    'it\\'s' = 'x'
    fallback = true
    off (active: false) {}
    empty () {
    }
}
ext () {}
`);
    assert.deepEqual(Object.fromEntries(root.properties), { admins: ['a@x', 'b@x'], 'config-type': 'component' });
    const [push, ext] = root.beans;
    assert.deepEqual([push?.name, push?.class, push?.isActive, ext?.name], ['push', 'tigase.push.PushNotificationsComponent', true, 'ext']);
    assert.deepEqual(Object.fromEntries(push?.properties ?? []), { n: 5, password: 'env(SECRET)', "it's": 'x', fallback: true });
    assert.deepEqual(push?.beans.map(({ name, isActive }) => [name, isActive]), [['off', false], ['empty', true]]); // prettier-ignore
  });

  test('may be empty', () => assert.deepEqual(readTdsl('# nothing\r\n').beans, []));

  test('that was cut, or has something else in it, is refused with its line', () => {
    assert.throws(() => readTdsl('a () {\n b = 1\n'), { line: 3, message: /^the file ends too early: a bracket is missing$/ });
    assert.throws(() => readTdsl('a = 1\n}\n'), { line: 2, message: 'expected a name' });
    assert.throws(() => readTdsl("a = [ 'x' 'y' ]\n"), { line: 1, message: 'expected "," or "]"' });
    assert.throws(() => readTdsl('a {\n'.repeat(100)), { message: 'too deep' });
  });
});
