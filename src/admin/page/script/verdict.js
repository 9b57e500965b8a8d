// The sentence on top: are phones being woken, and if not, why and what to do. Pure: a state in, words out.
import { count, describeEnd, formatSpan, formatTime, nameProvider, sentence } from './words.js';

/** One that is only a moment late is no trouble. */
const longSeconds = 2;

/** The worst that is true, as `{ tone, sentence, detail?, advice? }`; `others` says how many more troubles there are below it. `accepted`: how many pushes were, lately. */
export function judge(state, accepted = 0) {
  const [worst, ...others] = [...linkTroubles(state), ...providerTroubles(state), ...backlogs(state), ...endingCredentials(state)];
  if (worst === undefined) return { ...calm(state, accepted), others: 0 };
  return { ...worst, others: others.length };
}

function linkTroubles({ component, database }) {
  const troubles = [];
  if (!component.up)
    troubles.push({
      tone: 'bad',
      sentence: 'Phones are not being woken: no link to the XMPP server',
      detail: component.words ? sentence(component.words) : `${component.server} is not reached${since(component.since)}.`,
      advice: 'See that the server runs and knows this component and its secret. The doctor tries each step.',
    });
  if (!database.ok)
    troubles.push({
      tone: component.up ? 'warn' : 'bad',
      sentence: 'Only phones that are remembered are being woken: the database is away',
      detail: database.words && sentence(database.words),
      advice: 'See that PostgreSQL runs and takes connections. The doctor tries each step.',
    });
  return troubles;
}

function providerTroubles({ providers }) {
  const failed = providers.filter(({ state }) => state === 'failed');
  const troubled = providers.filter(({ state }) => state === 'troubled');
  const isAll = failed.length === providers.length;
  const name = (provider) => nameProvider(provider, providers);
  return [
    ...failed.map((provider) => ({
      tone: 'bad',
      sentence: isAll && failed.length === 1 ? 'Phones are not being woken' : `Phones behind ${name(provider)} are not being woken`,
      detail: describe(name(provider), provider),
      advice: adviseFailed(provider),
    })),
    ...troubled.map((provider) => ({
      tone: 'warn',
      sentence: `Phones are being woken, with trouble at ${name(provider)}`,
      detail: describe(name(provider), provider),
      advice: provider.advice && sentence(provider.advice),
    })),
  ];
}

const describe = (name, { words }) => (words ? sentence(`${name}: ${words}`) : `${name} takes no pushes.`);

/** Where pushes are held back it is no matter of credentials. */
function adviseFailed({ advice, takesCertificate, breaker }) {
  const said = advice ? sentence(advice) : '';
  return takesCertificate && !breaker ? `${said} Another certificate can be put on its card below.`.trim() : said;
}

/** What fails for now is kept and tried again; that is no calm either. */
function backlogs({ providers, failures }) {
  const late = providers.filter(
    ({ state, waiting, oldestWaitingSeconds }) => state === 'working' && waiting > 0 && oldestWaitingSeconds >= longSeconds,
  );
  return late.map((provider) => {
    const name = nameProvider(provider, providers);
    const why = failures.find((failure) => failure.provider === provider.id);
    const waits = provider.waiting === 1 ? 'waits' : 'wait';
    return {
      tone: 'warn',
      sentence: `Phones behind ${name} are being woken late`,
      detail: `${count(provider.waiting, 'push', 'pushes')} ${waits}, the oldest for ${formatSpan(provider.oldestWaitingSeconds)}. ${why ? sentence(why.words) : ''}`,
      advice: why?.advice && sentence(why.advice),
    };
  });
}

function endingCredentials({ providers, now }) {
  const working = providers.filter(({ state }) => state === 'working');
  return working.flatMap((provider) =>
    provider.credentials
      .filter(({ expires }) => expires && describeEnd(expires, now).tone !== 'ok')
      .map(({ name, expires }) => ({
        tone: 'warn',
        sentence: 'Phones are being woken, but a credential needs renewing',
        detail: `${nameProvider(provider, providers)}: ${name} ${describeEnd(expires, now).words}.`,
        advice: 'Put a new one in its place; Reveille takes it without a restart.',
      })),
  );
}

function calm({ ready, devices, providers }, accepted) {
  if (!ready) return { tone: 'wait', sentence: 'Reveille is starting' };
  if (providers.length === 0)
    return {
      tone: 'wait',
      sentence: 'No push service is configured',
      advice: 'Add a [providers] table to the configuration; reveille init asks for what it needs.',
    };
  // Devices are counted once a minute; a push that was accepted had one.
  if (devices.total === 0 && accepted > 0) return { tone: 'ok', sentence: 'Phones are being woken', detail: 'Nothing is in the way.' };
  if (devices.total === 0)
    return { tone: 'ok', sentence: 'Ready: phones will be woken once they register', detail: 'No device is registered yet.' };
  return { tone: 'ok', sentence: 'Phones are being woken', detail: `${count(devices.total, 'device')} registered, nothing in the way.` };
}

const since = (value) => (value ? ` since ${formatTime(value)}` : '');
