// The token, asked once: it stays in this tab until it is closed or the person logs out.
import { html } from './lit-html.js';
import { sunrise } from './marks.js';

/** `enter(token)` is called with what was typed. */
export const loginView = ({ trouble, isBusy, enter }) => html`
  <main class="login">
    <form
      class="card"
      @submit=${(event) => {
        event.preventDefault();
        enter(event.target.elements.token.value.trim());
      }}
    >
      <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">${sunrise}</svg>
      <h1>Reveille</h1>
      <label for="token">Token</label>
      <input id="token" name="token" type="password" autocomplete="current-password" required autofocus />
      <p class="quiet">What <code>token</code> in the table <code>[admin]</code> of the configuration is, or leads to.</p>
      <button class="primary" ?disabled=${isBusy}>${isBusy ? 'One moment…' : 'Open'}</button>
      <p role="alert" class="trouble">${trouble ?? ''}</p>
    </form>
  </main>
`;
