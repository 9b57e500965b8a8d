const names = ['PATH', 'TMPDIR', 'NODE_COMPILE_CACHE', 'NODE_OPTIONS'];

/** What a program that a test starts gets of our environment: where programs, temporary files and compiled modules are, where the runner's bundle is (scripts/bundled), and no setting. */
export const plainEnv: NodeJS.ProcessEnv = Object.fromEntries(
  names.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);
