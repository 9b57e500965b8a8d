// Puts the page together: the token, the stream of states, the views, and drawing at most once a frame.
import { html, nothing, render } from './lit-html.js';
import { ask, Refusal, token, wordsFor } from './api.js';
import { createDevices } from './devices.js';
import { createDoctor } from './doctor.js';
import { createLive } from './live.js';
import { loginView } from './login.js';
import { mark, sunrise } from './marks.js';
import { createOverview } from './overview.js';
import { createPushes } from './pushes.js';
import { formatTime } from './words.js';

const names = { overview: 'Overview', pushes: 'Pushes', devices: 'Devices', doctor: 'Doctor' };
const resumeAfterMs = 5000;
const page = document.getElementById('page');

let session;
let state;
let lostAt;
let trouble;
let isBusy = false;
let isDue = false;

/** Draws soon; many changes are one drawing. */
function changed() {
  if (isDue) return;
  isDue = true;
  // A hidden tab gets no frames, and needs none.
  requestAnimationFrame(() => {
    isDue = false;
    render(session === undefined ? loginView({ trouble, isBusy, enter }) : shellView(), page);
  });
}

/** Goes on with the token that this tab still has. */
function resume() {
  if (session === undefined && !isBusy && token.get() !== null) void enter(token.get());
}

const viewName = () => (location.hash.slice(1) in names ? location.hash.slice(1) : 'overview');

async function enter(typed) {
  token.keep(typed);
  trouble = undefined;
  isBusy = true;
  changed();
  try {
    state = await ask('state');
    begin();
  } catch (error) {
    // Only an answer says that a token is wrong; a lost connection doesn't.
    if (error instanceof Refusal) token.forget();
    else setTimeout(resume, resumeAfterMs);
    trouble = error instanceof Refusal && error.status === 401 ? 'That is not the token.' : wordsFor(error);
  }
  isBusy = false;
  changed();
}

function begin() {
  const views = {
    pushes: createPushes(changed, leave),
    devices: createDevices(changed),
    doctor: createDoctor(changed),
    overview: createOverview(changed),
  };
  session = { views, shown: undefined, live: undefined };
  session.live = createLive('events', {
    heard(event, data) {
      if (event === 'state') state = data;
      if (event === 'point') views.overview.charts.add(data);
      changed();
    },
    opened() {
      lostAt = undefined;
      views.overview.charts.load().catch(() => undefined);
    },
    lost(error) {
      lostAt ??= new Date();
      // Where there are too many viewers the server says so in words.
      session.lostWords = error instanceof Refusal ? error.message : undefined;
      changed();
    },
    refused: leave,
  });
  show();
}

function leave(error) {
  session?.live.stop();
  session?.views[session.shown]?.leave?.();
  token.forget();
  session = undefined;
  state = undefined;
  lostAt = undefined;
  trouble = error instanceof Refusal ? 'The token is no longer taken. Enter the new one.' : undefined;
  changed();
}

function show() {
  if (session === undefined) return;
  const next = viewName();
  if (session.shown !== next) {
    session.views[session.shown]?.leave?.();
    session.shown = next;
    session.views[next].enter?.();
    document.title = next === 'overview' ? 'Reveille' : `${names[next]} · Reveille`;
  }
  changed();
}

function shellView() {
  const { views, shown, lostWords } = session;
  return html`
    <a class="skip" href="#main" @click=${skip}>To the content</a>
    <header>
      <div class="brand"><svg class="logo" viewBox="0 0 24 24" aria-hidden="true">${sunrise}</svg><span>Reveille</span></div>
      <nav aria-label="Views">
        ${Object.entries(names).map(([id, name]) => html`<a href=${`#${id}`} aria-current=${id === shown ? 'page' : 'false'}>${name}</a>`)}
      </nav>
      <span class="live ${lostAt ? 'lost' : ''}">${lostAt ? 'Not connected' : 'Live'}</span>
      <button class="plain" @click=${() => leave()}>Log out</button>
    </header>
    <div role="alert">
      ${
        lostAt
          ? html`<p class="banner">
              ${mark('warn', '')} ${lostWords ?? `No word from Reveille since ${formatTime(lostAt)}.`} What is shown is from then. Trying
              again…
            </p>`
          : nothing
      }
    </div>
    <main id="main" tabindex="-1" class=${lostAt ? 'stale' : ''}>${views[shown].view(state)}</main>
    <footer class="quiet">Reveille ${state.version}, up since ${formatTime(state.startedAt)}</footer>
  `;
}

/** The fragment is the view's name, so the browser's own jump would leave the view. */
function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

window.addEventListener('hashchange', () => {
  show();
  window.scrollTo(0, 0);
  // Whoever does not see the new view is led to it.
  requestAnimationFrame(() => document.getElementById('main')?.focus({ preventScroll: true }));
});
changed();
resume();
