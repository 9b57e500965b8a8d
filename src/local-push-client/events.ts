import { longestMessage, type Ears, type Line } from './line.ts';

/** Server-sent events, and a request for each message of ours. By `fetch`, because Node has no EventSource, and it would reconnect by itself. */
export function openEvents(url: string, ears: Ears): Line {
  const events = new EventLine(`${url.replace(/^ws/, 'http').replace(/\/$/, '')}/events`, ears);
  void events.listen();
  return events;
}

class EventLine implements Line {
  readonly #url: string;
  readonly #ears: Ears;
  readonly #abort = new AbortController();
  #session: string | undefined;

  constructor(url: string, ears: Ears) {
    this.#url = url;
    this.#ears = ears;
  }

  /** Reads until there is no more; never rejects. */
  async listen(): Promise<void> {
    try {
      const response = await fetch(this.#url, { headers: { accept: 'text/event-stream' }, cache: 'no-store', signal: this.#abort.signal });
      const isEvents = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
      if (!response.ok || !isEvents || response.body === null) this.#end(response.ok ? 0 : response.status, readRetryAfter(response));
      else await this.#read(response.body.getReader());
      this.#end(0);
    } catch {
      // The network, or our own `close`, after which nothing is said.
      this.#end(0);
    }
  }

  send(text: string): void {
    void this.#post(text);
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(reader: { read(): Promise<{ done: boolean; value?: Uint8Array | undefined }> }): Promise<void> {
    const utf8 = new TextDecoder();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.#abort.signal.aborted) return;
      text += utf8.decode(value, { stream: true }).replace(/\r/g, '');
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) this.#hear(event);
      if (text.length > longestMessage) return;
    }
  }

  #hear(event: string): void {
    const data = event
      .split('\n')
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice('data:'.length).replace(/^ /, ''));
    if (data.length === 0 || this.#abort.signal.aborted) return;
    const message = data.join('\n');
    this.#session ??= readSession(message);
    this.#ears.message(message);
  }

  /** Never rejects. `text/plain` asks for no leave in other origins. */
  async #post(body: string): Promise<void> {
    try {
      const headers = { 'content-type': 'text/plain;charset=UTF-8' };
      const url = `${this.#url}/${encodeURIComponent(this.#session ?? '')}`;
      const { ok } = await fetch(url, { method: 'POST', headers, body, signal: this.#abort.signal });
      // Where ours don't get through the line is none, whatever comes over it.
      if (!ok) this.#end(0);
    } catch {
      this.#end(0);
    }
  }

  #end(code: number, afterMs?: number): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.#ears.closed(code, afterMs);
  }
}

/** The first message of the server, the challenge, says where ours go. */
function readSession(message: string): string | undefined {
  return /"session"\s*:\s*"([^"\\]+)"/.exec(message)?.[1];
}

function readRetryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}
