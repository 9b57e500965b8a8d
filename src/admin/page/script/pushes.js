// Following pushes live: publish, decision, the service's answer. People are keyed hashes, as in the log.
import { html, nothing } from './lit-html.js';
import { createLive } from './live.js';
import { mark } from './marks.js';
import { formatMs, formatSecond, nameById, nameProvider } from './words.js';

/** Whoever looks reads the newest; what is older leaves. */
const kept = 100;

const tones = { accepted: 'ok', gone: 'warn', retry: 'warn', rejected: 'bad', expired: 'bad', replaced: 'ok', unknown: 'warn' };
const outcomeWords = {
  accepted: 'accepted',
  gone: 'token is dead',
  retry: 'not taken now',
  rejected: 'rejected',
  expired: 'too late, given up',
  replaced: 'a newer one took its place',
  unknown: 'no such node',
};
const decisionWords = { try: 'sent', 'held-back': 'waits for its turn', kept: 'kept, to be tried again' };

export function createPushes(changed, refused) {
  const filter = { provider: '', outcome: '', owner: '' };
  let pushes = new Map();
  let dropped = 0;
  let live;
  let condition = 'off';
  let held;

  function start() {
    live?.stop();
    condition = 'connecting';
    const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ''));
    live = createLive(`pushes?${query}`, {
      heard,
      opened: () => set('live'),
      lost: () => set('lost'),
      refused,
    });
  }

  function set(next) {
    condition = next;
    changed();
  }

  function heard(event, data) {
    if (event === 'dropped') dropped += data.count;
    if (event === 'push') {
      const before = pushes.get(data.id);
      pushes.set(data.id, { ...before, ...data, started: before?.started ?? data.at });
      if (pushes.size > kept) pushes.delete(pushes.keys().next().value);
    }
    condition = 'live';
    changed();
  }

  function choose(event) {
    event.preventDefault();
    for (const name of Object.keys(filter)) filter[name] = event.currentTarget.elements[name].value.trim();
    pushes = new Map();
    dropped = 0;
    held = undefined;
    start();
    changed();
  }

  function hold() {
    held = held === undefined ? [...pushes.values()] : undefined;
    changed();
  }

  return {
    enter: start,
    leave() {
      live?.stop();
      live = undefined;
      condition = 'off';
    },
    view({ providers }) {
      const shown = (held ?? [...pushes.values()]).toReversed();
      return html`
        <div class="title-row"><h1>Pushes, as they pass</h1></div>
        <form class="card filters" @submit=${choose}>
          <div>
            <label for="filter-provider">Provider</label>
            <select id="filter-provider" name="provider">
              <option value="">all</option>
              ${providers.map((provider) => html`<option value=${provider.id}>${nameProvider(provider, providers)}</option>`)}
            </select>
          </div>
          <div>
            <label for="filter-outcome">Outcome</label>
            <select id="filter-outcome" name="outcome">
              <option value="">all</option>
              ${Object.entries(outcomeWords).map(([value, words]) => html`<option value=${value}>${words}</option>`)}
            </select>
          </div>
          <div class="wide">
            <label for="filter-owner">Owner, as JID or jid:hash</label>
            <input id="filter-owner" name="owner" autocomplete="off" spellcheck="false" />
          </div>
          <button class="primary">Follow</button>
          <button type="button" aria-pressed=${held !== undefined} @click=${hold}>${held === undefined ? 'Hold still' : 'Go on'}</button>
        </form>
        <p role="status" class="quiet">${conditionWords(condition)}</p>
        ${dropped > 0 ? html`<p class="quiet">${dropped} were left out: they came faster than this page reads.</p>` : nothing}
        ${
          shown.length === 0
            ? html`<p class="card empty">Nothing has passed yet. A push shows here the moment the XMPP server publishes it.</p>`
            : html`<ol class="card list pushes" aria-label="Pushes, newest first">
                ${shown.map((push) => pushView(push, providers))}
              </ol>`
        }
      `;
    },
  };
}

function conditionWords(condition) {
  if (condition === 'live') return 'Following. New pushes appear on top; they are not read aloud.';
  return condition === 'lost' ? 'The connection was lost; trying again.' : 'Waiting for the next push.';
}

function pushView(push, providers) {
  const { started, owner, device, kind, decision, outcome, reason, ms, provider } = push;
  const tone = outcome === undefined ? 'wait' : (tones[outcome] ?? 'warn');
  return html`<li>
    ${mark(tone, '')}
    <time datetime=${new Date(started).toISOString()}>${formatSecond(started)}</time>
    <span class="who"><span class="hidden">for </span>${owner}${device ? html` <span class="quiet">${device}</span>` : nothing}</span>
    <span class="by">${provider ? nameById(provider, providers) : '–'}</span>
    <span class="way">
      publish${kind ? `, ${kind}` : ''}${decision ? html` <i aria-hidden="true">→</i> ${decisionWords[decision] ?? decision}` : nothing}
      <i aria-hidden="true">→</i> <b>${outcome === undefined ? 'under way' : (outcomeWords[outcome] ?? outcome)}</b>
      ${reason ? html`<span class="quiet">${reason}</span>` : nothing}
    </span>
    <span class="ms">${ms === undefined ? nothing : formatMs(ms)}</span>
  </li>`;
}
