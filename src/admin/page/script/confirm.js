// A question before something that can't be taken back. The browser's own dialog keeps the focus inside and gives it back.
import { html, render } from './lit-html.js';

/** Resolves true where the person goes on. Escape, and anything else, is no. */
export function confirm({ title, text, action }) {
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-labelledby', 'question');
  render(
    html`<form method="dialog">
      <h2 id="question">${title}</h2>
      <p>${text}</p>
      <div class="buttons">
        <button value="no" autofocus>Cancel</button>
        <button value="yes" class="danger">${action}</button>
      </div>
    </form>`,
    dialog,
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}
