import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Strangers, type Resolvers } from '../../../providers/webpush/strangers/strangers.ts';

const nobody: Resolvers = { public: async () => [], system: async () => [] };
const strict = new Strangers({ allowHosts: ['*'], allowPrivate: [] }, nobody);

function refusal(text: string, strangers = strict): string | undefined {
  return strangers.refusalOf(new URL(text));
}

/** Each of them by its number, whatever spelling a URL takes it in. */
const special: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.1', '127.255.255.254', '[::1]'],
  'this network': ['0.0.0.0', '0.1.2.3', '[::]'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  'unique local': ['[fc00::1]', '[fd12:3456::1]', '[fd00:ec2::254]'],
  'link-local and metadata': ['169.254.169.254', '169.254.0.1', '[fe80::1]', '[febf::1]', '168.63.129.16', '100.100.100.200'],
  'site-local': ['[fec0::1]'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255'],
  multicast: ['224.0.0.1', '239.255.255.255', '[ff02::1]'],
  'reserved and broadcast': ['240.0.0.1', '255.255.255.255'],
  benchmarks: ['198.18.0.1', '198.19.255.255', '[2001:2::1]'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '[2001:db8::1]', '[3fff::1]'],
  'protocol assignments': ['192.0.0.1', '192.0.0.192', '[2001::1]', '[2001:20::1]', '[100::1]', '[5f00::1]'],
  'IPv4-mapped': ['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:10.0.0.1]', '[::ffff:8.8.8.8]', '[::127.0.0.1]', '[::ffff:0:7f00:1]'],
  NAT64: ['[64:ff9b::7f00:1]', '[64:ff9b::808:808]', '[64:ff9b:1::a00:1]'],
  '6to4 and its relays': ['[2002:7f00:1::]', '[2002:a00:1::1]', '192.88.99.1'],
  'decimal spelling': ['2130706433', '3232235777'],
  'octal spelling': ['0177.0.0.1', '017700000001', '0300.0250.1.1'],
  'hexadecimal spelling': ['0x7f.0.0.1', '0x7f000001', '0xA.1'],
  'short spelling': ['127.1', '10.1', '0'],
  'percent-encoded and full-width spelling': ['%31%32%37.0.0.1', '１２７.０.０.１', '①②⑦.⓪.⓪.①', '127。0。0。1'],
  'a dot behind it': ['127.0.0.1.'],
};

describe('the address of an endpoint', () => {
  for (const [name, addresses] of Object.entries(special)) {
    test(`is refused where it is one of ${name}`, () => {
      for (const address of addresses) assert.match(refusal(`https://${address}/push`) ?? 'taken', /private, local or reserved/, address);
    });
  }

  test('is taken where it is on the internet', () => {
    for (const address of ['8.8.8.8', '[2606:4700::1111]', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '[2a00::1]'])
      assert.equal(refusal(`https://${address}/push`), undefined, address);
  });

  test('is taken where allow-private names it or its block, and never in the clothes of another family', () => {
    const strangers = new Strangers({ allowHosts: ['push.example'], allowPrivate: ['10.1.0.0/16', '::1', '127.0.0.1'] }, nobody);
    for (const address of ['10.1.2.3', '[::1]', '127.0.0.1', '2130706433'])
      assert.equal(refusal(`https://${address}/`, strangers), undefined, address);
    for (const address of ['10.2.0.1', '[::ffff:10.1.2.3]', '[::ffff:127.0.0.1]', '127.0.0.2'])
      assert.match(refusal(`https://${address}/`, strangers) ?? 'taken', /private/, address);
  });
});

describe('an endpoint', () => {
  const cases: readonly (readonly [name: string, endpoint: string, expected: RegExp])[] = [
    ['without TLS', 'http://push.example/x', /not https/],
    ['with a user', 'https://user@push.example/x', /user or a password/],
    ['with a password', 'https://:pw@push.example/x', /user or a password/],
    ['that hides its host behind a user', 'https://push.example@127.0.0.1/x', /user or a password/],
    ['with a fragment', 'https://push.example/x#y', /fragment/],
    ['longer than a thousand characters', `https://push.example/${'x'.repeat(1_000)}`, /longer/],
    ['at the port of mail', 'https://push.example:25/x', /port/],
    ['at the port of SSH', 'https://push.example:22/x', /port/],
    ['at port 0', 'https://push.example:0/x', /port/],
    ['at a host that ends with a dot', 'https://push.example./x', /dot/],
    ['at localhost', 'https://localhost/x', /no name on the internet/],
    ['at localhost in other letters', 'https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/x', /no name on the internet/],
    ['at localhost with a dot', 'https://localhost./x', /dot/],
    ['below localhost', 'https://a.localhost/x', /no name on the internet/],
    ['at a host of the local network', 'https://printer/x', /no name on the internet/],
    ['at what is no host name', 'https://a..example/x', /no host name/],
  ];
  for (const [name, endpoint, expected] of cases) {
    test(`is refused ${name}`, () => assert.match(refusal(endpoint) ?? 'taken', expected));
  }

  test('is taken with a port of its own, and with a name in any script', () => {
    assert.equal(refusal('https://push.example:8443/x?y=z'), undefined);
    assert.equal(refusal('https://bücher.example/x'), undefined);
    assert.equal(new URL('https://bücher.example/x').href, 'https://xn--bcher-kva.example/x');
  });

  test('is taken at a named host and below a named suffix only, where hosts are named', () => {
    const strangers = new Strangers({ allowHosts: ['push.example', '*.ntfy.example', '9.9.9.0/24', '2a00::1'], allowPrivate: [] }, nobody);
    for (const host of ['push.example', 'a.ntfy.example', 'a.b.ntfy.example', 'PUSH.example', '9.9.9.9', '[2a00:0::1]'])
      assert.equal(refusal(`https://${host}/`, strangers), undefined, host);
    for (const host of ['ntfy.example', 'evilntfy.example', 'push.example.evil.example', 'xpush.example', 'a.push.example', '8.8.8.8'])
      assert.match(refusal(`https://${host}/`, strangers) ?? 'taken', /allow-hosts/, host);
  });
});

describe('the name of an endpoint', () => {
  const resolving = (...addresses: readonly string[]): Resolvers => ({
    public: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    system: async () => [{ address: '127.0.0.1', family: 4 }],
  });
  const open = (resolvers: Resolvers, allowPrivate: readonly string[] = []) =>
    new Strangers({ allowHosts: ['*'], allowPrivate }, resolvers);

  test('is refused where all its addresses are private, in whatever clothes', async () => {
    const lies = resolving('127.0.0.1', '10.0.0.1', '::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1', 'fe80::1');
    await assert.rejects(open(lies).resolve('push.example'), /private, local or reserved/);
  });

  test('leads to the public ones of mixed addresses', async () => {
    assert.deepEqual(await open(resolving('127.0.0.1', '8.8.8.8', '::1')).resolve('push.example'), [{ address: '8.8.8.8', family: 4 }]);
  });

  test('is refused without an address, and with what is none', async () => {
    await assert.rejects(open(resolving()).resolve('push.example'), /no address/);
    await assert.rejects(open(resolving('evil', '127.0.0.1%lo')).resolve('push.example'), /private, local or reserved/);
  });

  test('is resolved as the machine does, and leads anywhere, where allow-private names it', async () => {
    const strangers = open(resolving('10.0.0.1'), ['ntfy', '*.lan']);
    assert.equal(strangers.refusalOf(new URL('https://ntfy:444/x')), undefined);
    for (const host of ['ntfy', 'push.lan']) assert.deepEqual(await strangers.resolve(host), [{ address: '127.0.0.1', family: 4 }]);
    await assert.rejects(strangers.resolve('other.example'), /private/);
  });
});
