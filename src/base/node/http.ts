// Room: modules of Node that are better taken otherwise than by an import. In: nothing of ours. Out: the same names. May enter: everybody,
// providers included.

/**
 * What we use of `node:http`, without an `import` of it: that would read every name the module has, `WebSocket` among them, for which Node
 * loads its whole fetch(): 15 ms of processor time and 4 MB at the start of every process (Node 24.21).
 */
export const { Agent, createServer, get, request, STATUS_CODES } = process.getBuiltinModule('node:http');
