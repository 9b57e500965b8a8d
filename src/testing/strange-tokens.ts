const longestToken = 4096;

/** All of them can be registered: a client may say what it likes. */
export const strangeTokens = [
  '',
  ' ',
  '/',
  '.',
  '../../../admin/users',
  '%2e%2e%2fadmin%2fusers',
  '?token=another&admin=1',
  '#fragment-of-a-token',
  'https://elsewhere.example/token',
  '//elsewhere.example/token',
  'two\nlines-of-a-token',
  'header\r\nx-injected: yes',
  'tab\tbed-token',
  '"quoted", "token": "another"',
  '{"token": "another"}',
  '__proto__',
  'ünïcödé-👻-token',
  '\u202eright-to-left-token',
  'x'.repeat(longestToken),
] as const;
