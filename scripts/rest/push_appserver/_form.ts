import type { PushAppserverDevice, RestAnswer, RestRequest } from '../../../src/index.ts';

/** As mod_push_appserver has it. */
export const maxBytes = 4096;

const names = ['type', 'node', 'token', 'secret'] as const;

/** The fields of a request; undefined where it is no form, or one of them is there twice. Others are passed over. */
export function readForm({ form, parameters }: RestRequest): PushAppserverDevice | undefined {
  if (form === undefined || parameters.length > 0 || names.some((name) => form.getAll(name).length > 1)) return undefined;
  return Object.fromEntries(
    names.map((name) => [name, form.get(name) ?? undefined]).filter(([, value]) => value !== undefined),
  ) as PushAppserverDevice;
}

/** Clients split at line feeds and count the parts: none at the end. */
export function ok(...lines: readonly string[]): RestAnswer {
  return { text: ['OK', ...lines].join('\n') };
}

/** What is no request at all is 400, what came to nothing 200: clients look at the first line of what is below 400. */
export function refuse(reason: string, status = 200): RestAnswer {
  return { status, text: `ERROR\n${reason}` };
}
