import { array, constant, constantFrom, oneof, record, tuple, type Arbitrary } from 'fast-check';
import type { Piece } from '../stanzas/input.ts';
import { addresses, wildValues } from '../stanzas/wild-values.ts';
import { passwords, people, sessionKinds, type Field, type FormInput, type Person, type Step } from './input.ts';

export const adminNodes = [
  'set-apns-certificate',
  'certificate-status',
  'send-test-push',
  'list-devices',
  'remove-devices',
  'statistics',
] as const;
const openNodes = ['register-device', 'unregister-device'];
export const knownNodes: readonly string[] = [...openNodes, ...adminNodes];
const otherNodes = ['register-push-fcm', 'register-push-apns', 'unregister-push-apns', 'v1-register-push', '', '__proto__', 'constructor'];

const nodes: Arbitrary<Piece> = oneof(
  { weight: 12, arbitrary: constantFrom(...openNodes, ...adminNodes) },
  { weight: 2, arbitrary: constantFrom(...otherNodes) },
  { weight: 1, arbitrary: wildValues },
);

const actions = constantFrom('execute', 'next', 'complete', 'prev', 'cancel', 'EXECUTE', '', 'nonsense');

const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----';

/** What each field is for, beside what it is not for. */
const meant: Readonly<Record<string, Arbitrary<Piece>>> = {
  provider: constantFrom('apns', 'fcm', 'log', 'uploaded', '*', 'APNS', 'nothing'),
  'device-token': constantFrom('0a1b2c3d', 'A'.repeat(64), 'x'.repeat(4_096), 'x'.repeat(4_097), 'a b', 'é', '\u007F'),
  'device-second-token': constantFrom('0a1b2c3d', 'ff'),
  certificate: constantFrom(
    'AAAA',
    'MIIB',
    'MIIKrAIBAzCCCmgGCSqGSIb3DQEHAaCCClkEggpVMIIKUTCCBe0=',
    '====',
    'data:,AAAA',
    pem,
    '-----BEGIN X-----',
  ),
  password: constantFrom(...passwords, 'pw-\u202E'),
  jid: oneof(constantFrom('anna@localhost', 'nobody@localhost', 'anna'), addresses),
  domain: constantFrom('other.example', 'nowhere.example', 'a@b', '*', '.', 'x/y'),
  node: constantFrom('none', 'x'.repeat(300), 'node'),
  body: constantFrom('a test', 'x'.repeat(600)),
  confirm: constantFrom('0', '1', 'true', 'yes'),
  FORM_TYPE: constantFrom('urn:xmpp:push:summary', 'http://jabber.org/protocol/admin'),
};

const types: Arbitrary<Piece> = oneof(
  {
    weight: 6,
    arbitrary: constantFrom(
      'text-single',
      'text-multi',
      'text-private',
      'list-single',
      'list-multi',
      'jid-single',
      'boolean',
      'fixed',
      'hidden',
    ),
  },
  { weight: 1, arbitrary: wildValues },
);

const fields: Arbitrary<Field> = oneof(
  {
    weight: 12,
    arbitrary: oneof(...Object.entries(meant).map(([name, values]) => aField(constant(name), array(values, { maxLength: 2 })))),
  },
  { weight: 4, arbitrary: aField(constantFrom(...Object.keys(meant)), array(wildValues, { maxLength: 3 })) },
  { weight: 1, arbitrary: aField(oneof(wildValues), array(wildValues, { maxLength: 2 })) },
);

function aField(name: Arbitrary<Piece>, values: Arbitrary<readonly Piece[]>): Arbitrary<Field> {
  return record({ var: name, type: types, values }, { requiredKeys: ['values'] });
}

/** The fields of a form that is right for `register-device`, so that the random ones are not the only ones. */
const registration: Arbitrary<readonly Field[]> = tuple(
  constantFrom('apns', 'fcm', 'log'),
  wildValues,
  array(fields, { maxLength: 2 }),
).map(([provider, token, more]) => [{ var: 'provider', values: [provider] }, { var: 'device-token', values: [token] }, ...more]);

const certificates: Arbitrary<readonly Field[]> = tuple(
  oneof(meant['certificate'] ?? wildValues, wildValues),
  constantFrom(...passwords),
).map(([certificate, password]) => [
  { var: 'provider', values: ['uploaded'] },
  { var: 'certificate', values: [certificate] },
  { var: 'password', values: [password] },
]);

/** What people fill in when all is well, so that commands come to their ends. */
const usual: Arbitrary<readonly Field[]> = oneof(
  constantFrom('apns', 'fcm', 'log').map((provider) => values({ provider, 'device-token': '0a1b2c3d' })),
  constantFrom<Readonly<Record<string, string>>[]>(
    { jid: 'anna@localhost', provider: '*', confirm: '1' },
    { jid: 'anna@localhost', body: 'a test' },
    { domain: 'other.example', confirm: 'true' },
    { domain: 'localhost', provider: 'log', node: 'none' },
  ).map(values),
);

function values(all: Readonly<Record<string, string>>): readonly Field[] {
  return Object.entries(all).map(([name, value]) => ({ var: name, values: [value] }));
}

const manyFields: Arbitrary<readonly Field[]> = constantFrom(64, 65, 2_000).map((count) =>
  Array.from({ length: count }, (_, n): Field => ({ var: n === count - 1 ? 'provider' : `f${n}`, values: ['log'] })),
);

const forms: Arbitrary<NonNullable<Step['form']>> = record(
  {
    type: oneof({ weight: 6, arbitrary: constantFrom('submit', 'form', 'cancel', 'result') }, { weight: 1, arbitrary: wildValues }),
    fields: oneof(
      { weight: 6, arbitrary: array(fields, { maxLength: 5 }) },
      { weight: 6, arbitrary: usual },
      { weight: 2, arbitrary: registration },
      { weight: 2, arbitrary: certificates },
      { weight: 1, arbitrary: manyFields },
    ),
  },
  { requiredKeys: ['fields'] },
);

const steps: Arbitrary<Step> = record(
  {
    node: nodes,
    action: oneof({ weight: 9, arbitrary: actions }, { weight: 1, arbitrary: wildValues }),
    session: constantFrom(...sessionKinds),
    form: forms,
  },
  { requiredKeys: ['node', 'session'] },
);

/** As a client does it: asks for the form, fills it in, perhaps again. */
const stages: Arbitrary<readonly Step[]> = tuple(nodes, forms, array(forms, { maxLength: 1 }), actions).map(
  ([node, form, again, action]) => [
    { node, action: 'execute', session: 'none' },
    { node, action: 'complete', session: 'own', form },
    ...again.map((more): Step => ({ node, action, session: 'own', form: more })),
  ],
);

const persons: Arbitrary<Person> = oneof(
  { weight: 3, arbitrary: constant('admin' as const) },
  constantFrom(...(Object.keys(people) as Person[])),
);

/** What is fed. */
export const inputs: Arbitrary<FormInput> = record({
  from: persons,
  steps: oneof(stages, array(steps, { minLength: 1, maxLength: 3 })),
});
