// Requests to Reveille: with the token, within a limit, and answers as values or a Refusal.

const key = 'reveille-admin-token';
const answerTimeoutMs = 60_000;
/** The server says something every 15 seconds. */
const silenceMs = 40_000;

/** An answer that is no success; its message is the server's words. */
export class Refusal extends Error {
  constructor(status, words, retryAfter) {
    super(words);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export const token = {
  get: () => sessionStorage.getItem(key),
  keep: (value) => sessionStorage.setItem(key, value),
  forget: () => sessionStorage.removeItem(key),
};

/** JSON in, JSON out. Rejects with a Refusal, or with the browser's error where there was no answer. */
export async function ask(path, body) {
  const response = await request(path, body, AbortSignal.timeout(answerTimeoutMs));
  return response.json();
}

/** Calls `heard(event, data)` for each server-sent event; settles when the server ends it. Rejects like {@link ask}, and after a silence. */
export async function follow(path, { body, signal, heard }) {
  const silence = new AbortController();
  let timer;
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(new Error('Nothing was heard for a while.')), silenceMs);
  };
  listen();
  try {
    const response = await request(path, body, AbortSignal.any([signal, silence.signal]));
    let rest = '';
    for await (const text of chunks(response.body.pipeThrough(new TextDecoderStream()))) {
      listen();
      const blocks = (rest + text).split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) hear(block, heard);
    }
  } finally {
    clearTimeout(timer);
  }
}

async function request(path, body, signal) {
  const authorization = `Bearer ${token.get()}`;
  const sent =
    body === undefined
      ? { headers: { authorization } }
      : { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(body) };
  // Beside this file's folder, so that it works below any path of a reverse proxy.
  const response = await fetch(new URL(`../api/${path}`, import.meta.url), { ...sent, signal, cache: 'no-store', credentials: 'omit' });
  if (!response.ok) throw new Refusal(response.status, await wordsOf(response), Number(response.headers.get('retry-after')) || undefined);
  return response;
}

async function wordsOf(response) {
  const said = await response.json().catch(() => ({}));
  return said.words ?? said.error ?? `Reveille answered with status ${response.status}.`;
}

/** A stream is iterable by itself in some browsers only. */
async function* chunks(stream) {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function hear(block, heard) {
  const lines = block.split('\n');
  const field = (name) =>
    lines
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trimStart())
      .join('\n');
  const data = field('data');
  if (data !== '') heard(field('event'), JSON.parse(data));
}

/** What to tell a person when something went wrong. */
export function wordsFor(error) {
  if (error instanceof Refusal) return error.message;
  if (error?.name === 'TimeoutError') return 'Reveille did not answer in time. Look at the overview, then try again.';
  return 'Reveille could not be reached. Look whether it runs and whether your tunnel or proxy is up.';
}
