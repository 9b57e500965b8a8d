// Loaded before a test file. Node's test runner watches every promise from its making to its collection, so that an error that nobody catches
// fails the very test that caused it. That takes a fifth of the processor time of tests with many promises; without, such an error fails the file.
const hooks = process.getBuiltinModule('node:async_hooks');
const { createHook } = hooks;
hooks.createHook = (callbacks) => createHook({ ...callbacks, trackPromises: false });
// Which makes its hook when it is loaded.
process.getBuiltinModule('node:test');
hooks.createHook = createHook;
