/** `reveille/testing`: shows, in a node:test file, that a provider keeps the contract. docs/writing-a-provider.md has an example. */
export { buildPush, buildToken } from './build-push.ts';
export type { CaseName } from './cases.ts';
export type { LogLine } from './log-line.ts';
export type { BadOptions, ProviderUnderTest, Reason, Scene, Situation, SituationName, Situations } from './provider-under-test.ts';
export { testProvider } from './test-provider.ts';
