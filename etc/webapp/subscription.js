import { Trouble, within } from './trouble.js';

/** Chromium that can't reach its push service neither gives a subscription nor says so: it tries on without end. */
const limitMs = 30_000;
const keyBytes = 65;

/** What is missing in this browser, as trouble. */
export function checkBrowser() {
  if (!globalThis.isSecureContext)
    throw new Trouble(
      'The browser switches push off here: this page came over http',
      'Open it over https://, or on this very machine as http://127.0.0.1.',
    );
  if (!('serviceWorker' in navigator))
    throw new Trouble('This browser has no service workers, or not in private windows', 'Take a normal window.');
  if (!('PushManager' in globalThis) || !('Notification' in globalThis))
    throw new Trouble(
      'This browser has no push',
      'On an iPhone or iPad: Share, “Add to Home Screen”, and open it from there. Else take a normal window.',
    );
}

/** Must be called at once after a click. */
export async function askPermission() {
  if ((await Notification.requestPermission()) === 'granted') return;
  throw new Trouble(
    'You, or your browser, did not allow notifications',
    'Allow them for this page (the icon beside its address), and try again.',
  );
}

/** The bytes of a public key as `reveille webpush-key` shows it. */
export function readServerKey(text) {
  const tidy = text.trim().replaceAll('-', '+').replaceAll('_', '/');
  const bytes = /^[\w+/]+={0,2}$/.test(tidy) ? decode(tidy) : undefined;
  if (bytes?.length === keyBytes && bytes[0] === 4) return bytes;
  throw new Trouble(
    'This is no public key of a push service',
    'It is the line that “reveille webpush-key --from vapid.pem” shows: 87 letters, digits, - and _.',
  );
}

/** The subscription for this key: the one there is, or a new one. */
export async function subscribe(registration, serverKey) {
  const present = await registration.pushManager.getSubscription();
  if (present !== null) {
    if (isSame(present.options.applicationServerKey, serverKey)) return present;
    await present.unsubscribe();
  }
  const asked = registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: serverKey });
  return within(limitMs, asked, new Trouble('The browser’s push service does not answer', whyNot)).catch((cause) => {
    throw cause instanceof Trouble ? cause : new Trouble(`The browser gives no subscription: ${cause.message}`, whyNot, cause);
  });
}

const whyNot =
  'Each browser has a push service of its maker, and needs the way to it: is the network open? Some browsers come without one (ungoogled builds), ' +
  'or have it switched off (Brave: Settings, “Use Google services for push messaging”).';

function isSame(one, other) {
  const bytes = one === null ? [] : new Uint8Array(one);
  return bytes.length === other.length && other.every((byte, at) => byte === bytes[at]);
}

function decode(base64) {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined; // the caller says what it should be
  }
}
