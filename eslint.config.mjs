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
    // The web app runs in browsers as it is: no build, no types.
    files: ['etc/webapp/**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...[
            'window',
            'self',
            'document',
            'navigator',
            'location',
            'localStorage',
            'console',
            'crypto',
            'fetch',
            'indexedDB',
            'Notification',
          ],
          ...['WebSocket', 'DOMParser', 'XMLSerializer', 'FormData', 'URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder'],
          ...['setTimeout', 'clearTimeout', 'atob', 'btoa'],
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  // Those of its files that its service worker loads share one scope.
  {
    files: ['etc/webapp/{sw,notice,pushes}.js'],
    languageOptions: { sourceType: 'script', globals: { importScripts: 'readonly' } },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } } },
);
