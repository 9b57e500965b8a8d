import js from '@eslint/js';
import ts from 'typescript-eslint';

export default ts.config(
  { ignores: ['dist/', 'release/', 'node_modules/', 'data/', 'eslint.config.mjs'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [ts.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      'no-control-regex': 'off',
    },
  },
  {
    // node:test's test() and describe() return promises that the runner itself awaits; fakes may be async without awaiting.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['test', 'describe', 'it', 'suite'] }] },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // Pages run in browsers as they are: no build, no types.
    files: ['etc/webapp/**/*.js', 'src/admin/page/script/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...['window', 'self', 'document', 'navigator', 'location', 'localStorage', 'sessionStorage', 'indexedDB', 'console', 'crypto'],
          ...['fetch', 'WebSocket', 'Notification', 'DOMParser', 'XMLSerializer', 'FormData', 'URL', 'URLSearchParams', 'TextEncoder'],
          ...['TextDecoder', 'TextDecoderStream', 'AbortController', 'AbortSignal', 'ResizeObserver', 'matchMedia', 'getComputedStyle'],
          ...['requestAnimationFrame', 'setTimeout', 'clearTimeout', 'atob', 'btoa'],
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  // Those files of the web app that its service worker loads share one scope.
  {
    files: ['etc/webapp/{sw,notice,pushes}.js'],
    languageOptions: { sourceType: 'script', globals: { importScripts: 'readonly' } },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } } },
);
