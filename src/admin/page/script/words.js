// Figures, times and names as people say them.

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const exactClock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const figure = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });

const isToday = (time) => time.toDateString() === new Date().toDateString();

/** As in `14:03`, or `3 Nov 2026, 14:03` where it was another day. */
export function formatTime(value) {
  const time = new Date(value);
  return isToday(time) ? clock.format(time) : `${date.format(time)}, ${clock.format(time)}`;
}

export const formatSecond = (value) => exactClock.format(new Date(value));
export const formatDate = (value) => date.format(new Date(value));
export const formatNumber = (value) => figure.format(value);

/** As in `12 devices`, `1 device`. */
export const count = (number, one, many = `${one}s`) => `${formatNumber(number)} ${number === 1 ? one : many}`;

/** A span of time in its largest unit: `3 minutes`. */
export function formatSpan(seconds) {
  if (seconds < minute) return count(Math.round(seconds), 'second');
  if (seconds < hour) return count(Math.round(seconds / minute), 'minute');
  if (seconds < 2 * day) return count(Math.round(seconds / hour), 'hour');
  return count(Math.round(seconds / day), 'day');
}

export const formatMs = (ms) => (ms < 1000 ? `${formatNumber(Math.round(ms))} ms` : `${formatNumber(ms / 1000)} s`);

/** What programs say begins as it likes and ends without a stop; on the page it is a sentence. */
export function sentence(text) {
  const [first] = text.split(' ', 1);
  // A name of a host or an app is spelled as it is.
  const begun = /^[a-z]+[,:;]?$/.test(first) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

const services = { apns: 'APNs', fcm: 'FCM', webpush: 'Web Push', log: 'Log' };

/** What people call the service; the id as well where two providers use the same. */
export function nameProvider(provider, all) {
  const name = services[provider.use];
  if (name === undefined) return provider.id;
  return all.filter(({ use }) => use === provider.use).length === 1 ? name : `${name} (${provider.id})`;
}

/** The same for an id that may belong to no provider any more. */
export function nameById(id, all) {
  const provider = all.find((one) => one.id === id);
  return provider === undefined ? id : nameProvider(provider, all);
}

/** How much is left of a credential: in words, and how urgent that is. */
export function describeEnd(expires, now) {
  const seconds = (new Date(expires) - new Date(now)) / 1000;
  if (seconds <= 0) return { tone: 'bad', words: `ended on ${formatDate(expires)}` };
  const words = `ends on ${formatDate(expires)}, in ${formatSpan(seconds)}`;
  return { tone: seconds < 3 * day ? 'bad' : seconds < 30 * day ? 'warn' : 'ok', words };
}
