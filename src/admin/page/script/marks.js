// Shapes that say by themselves what a colour says, and their words for those who see neither.
import { html, svg } from './lit-html.js';

const shapes = {
  ok: svg`<circle cx="12" cy="12" r="10"/><path class="cut" d="m7.5 12.5 3 3 6-6.5"/>`,
  warn: svg`<path d="M12 2 23 21.5H1z"/><path class="cut" d="M12 9v6m0 3v.1"/>`,
  bad: svg`<path d="M7.5 1.5h9l6 6v9l-6 6h-9l-6-6v-9z"/><path class="cut" d="m8.5 8.5 7 7m0-7-7 7"/>`,
  wait: svg`<circle cx="12" cy="12" r="10"/><path class="cut" d="M12 6.5V12l3.5 2.5"/>`,
};

const words = { ok: 'Fine', warn: 'Warning', bad: 'Failed', wait: 'Waiting' };

/** A status as a shape; the label '' where words beside it say the same. */
export function mark(tone, label = words[tone]) {
  if (label === '') return html`<svg class="mark ${tone}" viewBox="0 0 24 24" aria-hidden="true">${shapes[tone]}</svg>`;
  return html`<svg class="mark ${tone}" viewBox="0 0 24 24" role="img" aria-label=${label}>${shapes[tone]}</svg>`;
}

/** The same with the word beside it. */
export const badge = (tone, text) => html`<span class="badge ${tone}">${mark(tone, '')}${text}</span>`;

export const sunrise = svg`<path d="M3 19h18"/><path d="M7 19a5 5 0 0 1 10 0"/><path d="M12 4v4M5 8.5l2.3 2.3M19 8.5l-2.3 2.3"/>`;
