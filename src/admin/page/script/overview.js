// The first view: verdict, links, providers, charts, failures, devices.
import { html, nothing } from './lit-html.js';
import { createCertificate } from './certificate.js';
import { createCharts } from './charts.js';
import { badge, mark } from './marks.js';
import { judge } from './verdict.js';
import { count, describeEnd, formatNumber, formatSpan, formatTime, nameById, nameProvider, sentence } from './words.js';

export function createOverview(changed) {
  const charts = createCharts(changed);
  const certificates = new Map();
  const uploads = (id) => {
    if (!certificates.has(id)) certificates.set(id, createCertificate(id, changed));
    return certificates.get(id)();
  };
  return {
    charts,
    view: (state) => html`
      ${verdictView(judge(state, charts.accepted()))} ${charts.figuresView()}
      <section aria-labelledby="links-title">
        <h2 id="links-title">Links</h2>
        <div class="cards">
          <div class="stack">${serverView(state)} ${databaseView(state)}</div>
          ${state.providers.map((provider) => providerView(state, provider, uploads))}
          ${state.localPush ? localPushView(state.localPush) : nothing}
        </div>
      </section>
      ${charts.view()} ${failuresView(state)} ${devicesView(state)}
    `,
  };
}

/** Read aloud when it changes, and only then: nothing in it moves by itself. */
function verdictView({ tone, sentence, detail, advice, others }) {
  return html`<section class="verdict ${tone}" role="status">
    ${mark(tone)}
    <div>
      <h1>${sentence}</h1>
      ${detail ? html`<p>${detail}</p>` : nothing} ${advice ? html`<p class="advice"><b>What to do:</b> ${advice}</p>` : nothing}
      ${others > 0 ? html`<p class="quiet">And ${count(others, 'more trouble')} below.</p>` : nothing}
    </div>
  </section>`;
}

function serverView({ component }) {
  return html`<article class="card">
    <h3>XMPP server</h3>
    ${component.up ? badge('ok', 'Connected') : badge('bad', 'Not connected')}
    <dl>
      ${fact('Component', component.jid)} ${fact('Server', component.server)}
      ${component.connections > 1 ? fact('Connections', `${component.connectionsUp} of ${component.connections}`) : nothing}
      ${component.since ? fact('Since', formatTime(component.since)) : nothing}
      ${component.reconnects ? fact('Lost and back', count(component.reconnects, 'time')) : nothing}
    </dl>
    ${component.words ? html`<p>${sentence(component.words)}</p>` : nothing}
  </article>`;
}

function databaseView({ database }) {
  return html`<article class="card">
    <h3>Database</h3>
    ${database.ok ? badge('ok', 'Answers') : badge('bad', 'Away')}
    <dl>${fact('Kind', database.kind === 'embedded' ? 'PostgreSQL, embedded' : 'PostgreSQL')}</dl>
    ${database.words ? html`<p>${sentence(database.words)}</p>` : nothing}
  </article>`;
}

const tones = { working: 'ok', troubled: 'warn', failed: 'bad' };
const conditions = { working: 'Takes pushes', troubled: 'In trouble', failed: 'Takes no pushes' };

function providerView({ providers, now }, provider, uploads) {
  const tone = tones[provider.state] ?? 'wait';
  return html`<article class="card provider" data-provider=${provider.id}>
    <h3>${nameProvider(provider, providers)}</h3>
    ${badge(tone, conditions[provider.state] ?? provider.state)} ${provider.words ? html`<p>${sentence(provider.words)}</p>` : nothing}
    ${provider.advice ? html`<p class="advice">${sentence(provider.advice)}</p>` : nothing}
    <dl>
      ${fact('Provider', provider.id)} ${provider.environment ? fact('Environment', provider.environment) : nothing}
      ${provider.topics?.length ? fact('Topics', provider.topics.join(', ')) : nothing}
      ${provider.credentials.map(({ name, expires }) => credentialView(name, expires, now))}
      ${fact('Devices', formatNumber(provider.devices))} ${fact('Under way', formatNumber(provider.inFlight))}
      ${fact('Waiting', waitingWords(provider))}
    </dl>
    ${provider.takesCertificate ? uploads(provider.id) : nothing}
  </article>`;
}

function localPushView({ connected, byTransport, connectedElsewhere, otherInstances, delivered, fallenBack }) {
  return html`<article class="card local-push">
    <h3>Local push</h3>
    ${connected + connectedElsewhere > 0 ? badge('ok', count(connected + connectedElsewhere, 'device')) : badge('wait', 'No device')}
    <dl>
      ${fact('Connected', formatNumber(connected))}
      ${byTransport.filter((row) => row.count > 0).map((row) => fact(transports[row.name] ?? row.name, formatNumber(row.count)))}
      ${
        otherInstances > 0
          ? fact('Connected elsewhere', `${formatNumber(connectedElsewhere)}, to ${count(otherInstances, 'other instance')}`)
          : nothing
      }
      ${fact('Delivered locally', formatNumber(delivered))} ${fact('Fallen back', formatNumber(fallenBack))}
    </dl>
  </article>`;
}

const transports = { websocket: 'By WebSocket', events: 'By server-sent events' };

function waitingWords({ waiting, oldestWaitingSeconds }) {
  if (!waiting) return '0';
  return oldestWaitingSeconds ? `${formatNumber(waiting)}, the oldest for ${formatSpan(oldestWaitingSeconds)}` : formatNumber(waiting);
}

function credentialView(name, expires, now) {
  if (!expires) return fact(name, 'no end');
  const { tone, words } = describeEnd(expires, now);
  return fact(name, tone === 'ok' ? words : badge(tone, words));
}

const fact = (name, value) =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;

function failuresView({ failures, providers }) {
  return html`<section aria-labelledby="failures-title">
    <h2 id="failures-title">Last failures</h2>
    ${
      failures.length === 0
        ? html`<p class="card empty">None since Reveille started.</p>`
        : html`<ol class="card list failures">
            ${failures.map(
              ({ at, provider, words, advice, count: times }) =>
                html`<li>
                  <time datetime=${new Date(at).toISOString()}>${formatTime(at)}</time>
                  <div>
                    ${provider ? html`<b>${nameById(provider, providers)}</b> ` : nothing}${sentence(words)}
                    ${times > 1 ? html` <span class="quiet">${count(times, 'time')}</span>` : nothing}
                    ${advice ? html`<p class="advice">${sentence(advice)}</p>` : nothing}
                  </div>
                </li>`,
            )}
          </ol>`
    }
  </section>`;
}

function devicesView({ devices, providers }) {
  const byProvider = devices.byProvider.map((row) => ({ ...row, name: nameById(row.name, providers) }));
  return html`<section aria-labelledby="counts-title">
    <div class="title-row">
      <h2 id="counts-title">Devices</h2>
      <a href="#devices">Find one</a>
    </div>
    <div class="cards">
      ${countsView('By provider', byProvider)} ${countsView('By kind of app', devices.byDialect)}
      ${countsView('By domain', devices.byDomain)}
    </div>
  </section>`;
}

function countsView(title, rows) {
  const most = Math.max(1, ...rows.map((row) => row.count));
  return html`<article class="card">
    <h3>${title}</h3>
    ${
      rows.length === 0
        ? html`<p class="quiet">No device is registered yet.</p>`
        : html`<ul class="counts">
            ${rows.map(
              ({ name, count: number }) =>
                html`<li>
                  <span>${name}</span><b>${formatNumber(number)}</b><progress max=${most} value=${number} aria-hidden="true"></progress>
                </li>`,
            )}
          </ul>`
    }
  </article>`;
}
