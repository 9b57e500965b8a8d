// The doctor, step by step as each comes in.
import { html, nothing } from './lit-html.js';
import { follow, wordsFor } from './api.js';
import { badge, mark } from './marks.js';
import { count, sentence } from './words.js';

const tones = { ok: 'ok', warning: 'warn', failed: 'bad', skipped: 'wait' };
const runTimeoutMs = 300_000;

export function createDoctor(changed) {
  let steps = [];
  let isRunning = false;
  let end;

  async function run() {
    steps = [];
    end = undefined;
    isRunning = true;
    changed();
    try {
      await follow('doctor', { body: {}, signal: AbortSignal.timeout(runTimeoutMs), heard });
      end ??= { tone: 'warn', words: 'The doctor broke off. Run it again.' };
    } catch (error) {
      end = { tone: 'bad', words: wordsFor(error) };
    }
    isRunning = false;
    changed();
  }

  function heard(event, data) {
    if (event === 'step') steps = [...steps, data];
    if (event === 'end')
      end =
        data.failed === 0
          ? { tone: 'ok', words: warnings() === 0 ? 'Every link works.' : `Every link works, with ${count(warnings(), 'warning')}.` }
          : { tone: 'bad', words: `${count(data.failed, 'step')} failed.` };
    changed();
  }

  const warnings = () => steps.filter(({ verdict }) => verdict === 'warning').length;

  return {
    view: () => html`
      <div class="title-row">
        <h1>Doctor</h1>
        <button class="primary" ?disabled=${isRunning} @click=${run}>
          ${isRunning ? 'Running…' : steps.length > 0 ? 'Run again' : 'Run'}
        </button>
      </div>
      <p class="quiet">Tries every link on the way of a push, from the server's name to the push services. It wakes nobody.</p>
      <div role="status">${end ? badge(end.tone, end.words) : nothing}</div>
      ${
        steps.length === 0
          ? nothing
          : html`<ol class="card list steps">
              ${steps.map(
                ({ name, tried, verdict, words, advice }) =>
                  html`<li>
                    ${mark(tones[verdict] ?? 'warn')}
                    <div>
                      <b>${name}</b>${tried ? html` <span class="quiet">${tried}</span>` : nothing}
                      ${words}${advice ? html`<p class="advice">${sentence(advice)}</p>` : nothing}
                    </div>
                  </li>`,
              )}
            </ol>`
      }
    `,
  };
}
