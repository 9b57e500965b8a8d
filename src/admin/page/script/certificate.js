// A certificate for Apple, dropped on the page or chosen: the same checks and words as the ad-hoc command.
import { html } from './lit-html.js';
import { ask, wordsFor } from './api.js';
import { badge } from './marks.js';

/** Apple's are under 10 kB; whatever is larger was dropped by mistake. */
const maxBytes = 50_000;
const shownMs = 20_000;

/** One for each provider that takes certificates. */
export function createCertificate(provider, changed) {
  let file;
  let isOver = false;
  let isBusy = false;
  let said;
  const id = `certificate-${encodeURIComponent(provider)}`;

  function take(files) {
    isOver = false;
    said = undefined;
    file = files[0];
    if (file !== undefined && file.size > maxBytes) {
      said = {
        tone: 'bad',
        words: `${file.name} is too large for a certificate. Choose the .p12 that you exported, or a .pem with certificate and key.`,
      };
      file = undefined;
    }
    changed();
  }

  async function upload(event) {
    event.preventDefault();
    if (file === undefined || isBusy) return;
    const field = event.target.elements.password;
    isBusy = true;
    said = undefined;
    changed();
    try {
      const certificate = encode(new Uint8Array(await file.arrayBuffer()));
      const { words } = await ask('providers/certificate', { provider, certificate, ...(field.value && { password: field.value }) });
      said = { tone: 'ok', words };
      // The card itself says from then on how the service is doing.
      setTimeout(forget, shownMs, said);
      file = undefined;
      field.value = '';
    } catch (error) {
      said = { tone: 'bad', words: wordsFor(error) };
    }
    isBusy = false;
    changed();
  }

  function forget(old) {
    if (said !== old) return;
    said = undefined;
    changed();
  }

  const drag = (over) => (event) => {
    event.preventDefault();
    if (isOver === over) return;
    isOver = over;
    changed();
  };

  return () => html`
    <details class="certificate">
      <summary>Another certificate</summary>
      <form @submit=${upload}>
        <div
          class="drop ${isOver ? 'over' : ''}"
          @dragover=${drag(true)}
          @dragleave=${drag(false)}
          @drop=${(event) => {
            event.preventDefault();
            take(event.dataTransfer.files);
          }}
        >
          <label class="button" for=${`${id}-file`}>Choose a file</label>
          <input
            class="file"
            id=${`${id}-file`}
            type="file"
            accept=".p12,.pfx,.pem"
            @change=${(event) => {
              take([...event.target.files]);
              event.target.value = '';
            }}
          />
          <span class="quiet">${file === undefined ? 'or drop a .p12 or .pem here' : html`<b>${file.name}</b>`}</span>
        </div>
        <label for=${`${id}-password`}>Its password, if it has one</label>
        <input id=${`${id}-password`} name="password" type="password" autocomplete="off" />
        <button class="primary" ?disabled=${file === undefined || isBusy}>${isBusy ? 'Checking…' : 'Check and use'}</button>
        <p class="quiet">It is checked first; the present one stays in use until the new one is found good.</p>
      </form>
    </details>
    <div role="status">${said && badge(said.tone, said.words)}</div>
  `;
}

function encode(bytes) {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
