// One person's devices, or one token's: try them out, take them away.
import { html, nothing } from './lit-html.js';
import { ask, wordsFor } from './api.js';
import { confirm } from './confirm.js';
import { badge } from './marks.js';
import { formatMs, formatTime, nameById } from './words.js';

const ways = { owner: 'Owner (JID)', token: 'Device token', node: 'Node' };

export function createDevices(changed) {
  let found;
  let isBusy = false;
  let trouble;
  /** What was said about each node's last action. */
  const said = new Map();

  async function find(event) {
    event.preventDefault();
    const { by, text } = event.target.elements;
    if (text.value.trim() === '') return;
    isBusy = true;
    trouble = undefined;
    said.clear();
    changed();
    try {
      found = await ask('devices/find', { [by.value]: text.value.trim() });
    } catch (error) {
      found = undefined;
      trouble = wordsFor(error);
    }
    isBusy = false;
    changed();
  }

  async function act(node, waiting, work) {
    if (said.get(node)?.tone === 'wait') return;
    tell(node, 'wait', waiting);
    try {
      await work();
    } catch (error) {
      tell(node, 'bad', wordsFor(error));
    }
  }

  function tell(node, tone, words) {
    said.set(node, { tone, words });
    changed();
  }

  async function push({ node, owner }) {
    const text = `A test message goes to a device of ${owner}. The person may see a notification.`;
    if (!(await confirm({ title: 'Send a test push?', text, action: 'Send it' }))) return;
    await act(node, 'Waiting for the push service…', async () => {
      const { outcome, words, ms } = await ask('devices/push', { node });
      tell(
        node,
        outcome === 'accepted' ? 'ok' : outcome === 'rejected' ? 'bad' : 'warn',
        ms === undefined ? words : `${words} (${formatMs(ms)})`,
      );
    });
  }

  async function remove({ node, owner }) {
    const text = `The device of ${owner} is woken no more until its app registers again. The XMPP server is told at its next publish.`;
    if (!(await confirm({ title: 'Remove this device?', text, action: 'Remove it' }))) return;
    await act(node, 'Removing…', async () => {
      const { removed } = await ask('devices/remove', { node });
      if (removed) found = { ...found, devices: found.devices.map((one) => (one.node === node ? { ...one, isRemoved: true } : one)) };
      tell(node, removed ? 'ok' : 'warn', removed ? 'Removed.' : 'It was gone already.');
    });
  }

  return {
    view: ({ providers }) => html`
      <h1>Devices</h1>
      <form class="card filters" role="search" @submit=${find}>
        <div>
          <label for="find-by">Find by</label>
          <select id="find-by" name="by">
            ${Object.entries(ways).map(([value, words]) => html`<option value=${value}>${words}</option>`)}
          </select>
        </div>
        <div class="wide">
          <label for="find-text">What to look for</label>
          <input id="find-text" name="text" autocomplete="off" autocapitalize="off" spellcheck="false" placeholder="anna@example.org" />
        </div>
        <button class="primary" ?disabled=${isBusy}>Find</button>
      </form>
      <p role="status" class="quiet">${trouble ? badge('bad', trouble) : found === undefined ? nothing : foundWords(found)}</p>
      ${
        found === undefined || found.devices.length === 0
          ? nothing
          : html`<ul class="devices">
              ${found.devices.map((device) => deviceView(device, providers))}
            </ul>`
      }
    `,
  };

  function deviceView(device, providers) {
    const { node, owner, provider, dialect, token, registered, used, isRemoved } = device;
    const word = said.get(node);
    return html`<li class="card device">
      <h2>${owner}</h2>
      <dl>
        <div>
          <dt>Provider</dt>
          <dd>${nameById(provider, providers)}</dd>
        </div>
        <div>
          <dt>App</dt>
          <dd>${dialect}</dd>
        </div>
        <div>
          <dt>Token</dt>
          <dd>${token}</dd>
        </div>
        <div>
          <dt>Node</dt>
          <dd>${node}</dd>
        </div>
        <div>
          <dt>Registered</dt>
          <dd>${registered ? formatTime(registered) : '–'}</dd>
        </div>
        <div>
          <dt>Last used</dt>
          <dd>${used ? formatTime(used) : 'not yet'}</dd>
        </div>
      </dl>
      <div role="status">${word ? badge(word.tone, word.words) : nothing}</div>
      ${
        isRemoved
          ? nothing
          : html`<div class="buttons">
              <button @click=${() => push(device)}>Send a test push</button>
              <button class="danger" @click=${() => remove(device)}>Remove…</button>
            </div>`
      }
    </li>`;
  }
}

function foundWords({ devices, more }) {
  if (devices.length === 0) return 'No device is registered that way.';
  if (more) return `These ${devices.length} are the first; there are more.`;
  return devices.length === 1 ? 'One device.' : `${devices.length} devices.`;
}
