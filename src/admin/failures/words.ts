import type { Fields } from '../../log/fields.ts';

/** What happened and what to do, in the words of `reveille doctor`. */
export interface Words {
  readonly words: string;
  readonly advice?: string | undefined;
  readonly reason?: string | undefined;
}

type Sentence = readonly [words: string, advice?: string];

const wayAdvice = 'check name resolution, firewall and proxy; reveille doctor tries the way step by step';
const credentialAdvice = "correct the credentials in the provider's table; reveille doctor says what is wrong with them";
const databaseAdvice = 'see docs/database.md; the log of PostgreSQL may say more, and reveille doctor tries it step by step';
const clockAdvice = 'set the clock by NTP (timedatectl set-ntp true)';
const bugAdvice = 'this is a bug of Reveille: please report it';
const roomAdvice = 'make room: PostgreSQL stops when the disk is full';

/** By the event of the log; a reason is put behind it. */
const sentences: Readonly<Record<string, Sentence>> = {
  'admin-failed': ['a request of the status page failed by a bug of Reveille', bugAdvice],
  'admin-exposed': ['the status page listens on an address that others reach, without TLS', 'give listen of [admin] a loopback address'],
  'admin-token-wrong': ['somebody showed a wrong token to the status page', 'if it was none of yours, see who reaches its address'],
  'apns-certificate-ended': ['the certificate has ended', 'renew it, and set the new one'],
  'apns-credentials-not-replaced': ['the new credentials are not used', credentialAdvice],
  'apns-credentials-refused': ['Apple refuses the credentials', credentialAdvice],
  'breaker-open': ['the push service fails every push: it is asked only now and then, and pushes wait', wayAdvice],
  'call-refused': ['the push service refuses a call', credentialAdvice],
  'certificate-not-used': ['the uploaded certificate is not used', 'upload another one'],
  'certificates-not-read': ['the uploaded certificates could not be read', databaseAdvice],
  'component-down': [
    'the connection to the XMPP server is down',
    'see that the server runs, and that component.server and component.secret are right; reveille doctor tries it step by step',
  ],
  'credential-expired': ['the credentials have ended', 'renew them'],
  'credential-expires': ['the credentials will end soon', 'renew them'],
  'credential-unreadable': ['a stored certificate can not be opened'],
  'credentials-unproven': [
    'the push service calls a device token unknown, and no push to another device was accepted with these credentials yet',
    "check environment, topic, team and project in the provider's table; no registration is lost meanwhile",
  ],
  'database-close-forced': ['connections to the database had to be cut off'],
  'database-stop-forced': ['the embedded database did not end by itself and was told to at once', 'nothing: it recovers at its next start'],
  'database-awaited': ['the database is not there yet', databaseAdvice],
  'database-connection-lost': ['a connection to the database was lost', databaseAdvice],
  'database-ended': ['the embedded database has ended', 'it is started again; the log says why it ended'],
  'database-listener-lost': ['the connection that hears of changes in the database was lost', databaseAdvice],
  'database-not-restarted': ['the embedded database could not be started again', databaseAdvice],
  'dead-tokens-doubted': [
    'the push service suddenly calls most device tokens dead: no registration is removed for it',
    "check environment, topic, team and project in the provider's table",
  ],
  'deferred-content-lost': [
    'waiting pushes can not be read any more and were dropped',
    'component.secret was changed, which they were encrypted with',
  ],
  'deferred-full': ['too many pushes wait: those that would be worthless first were dropped', wayAdvice],
  'deferred-not-counted': ['what waits could not be looked up', databaseAdvice],
  deferring: ['pushes fail for now and are kept, to be tried again', wayAdvice],
  'dialect-experimental': ['Push 2.0 is switched on, which is experimental', 'nothing, if you mean it'],
  'disk-full': ['the disk is full', roomAdvice],
  'disk-low': ['the disk is almost full', roomAdvice],
  'fcm-access-token-refused': [
    'Google gives no access token for the service account',
    `${credentialAdvice}; or the clock is wrong: ${clockAdvice}`,
  ],
  'fcm-access-token-unavailable': ['no access token came from Google', wayAdvice],
  'fcm-account-refused': ['Google refuses the service account', credentialAdvice],
  'fcm-service-account-not-replaced': ['the new service account is not used', credentialAdvice],
  'handler-failed': ['a request failed by a bug of Reveille', bugAdvice],
  'http-failed': ['a request over HTTP failed by a bug of Reveille', bugAdvice],
  'http2-connect-failed': ['no connection to the push service comes about', wayAdvice],
  'http2-goaway': ['the push service ended a connection', 'nothing: another one is opened'],
  'http2-silent': ['the push service no longer answers on a connection', 'look for a firewall on the way that cuts open connections'],
  'listener-certificate-ends': ['the certificate of the port for devices ends soon', 'renew it: the new file is used within a minute'],
  'listener-certificate-not-replaced': [
    'the new certificate of the port for devices is not used',
    'correct the files; the one before is in use until then',
  ],
  'local-push-alone': ['what other instances say of connected devices is not heard', databaseAdvice],
  'local-push-failed': ['a message of a connected device failed by a bug of Reveille', bugAdvice],
  'log-lines-lost': ['lines of the log are lost', 'see who reads it, and whether the disk is full'],
  'note-refused': ['a provider wanted to note something that is too long', 'tell its author'],
  'note-not-written': ['something about a device could not be kept', databaseAdvice],
  'proof-not-written': ['that a push was accepted could not be kept', databaseAdvice],
  'program-failed': [
    'an error that nobody caught ends the program',
    'this is a bug of Reveille or of a handler of yours: please report it',
  ],
  'provider-busy': ['a provider has as many pushes under way as it may have', 'the push service is slow; see how long it takes to answer'],
  'provider-not-closed': ['a provider did not end properly', 'tell its author'],
  'proxy-not-trusted': ['a reverse proxy is there that is not trusted'],
  'provider-failed': ['the provider failed by a bug of its own', 'tell its author'],
  'push-given-up': ['a push was refused time and again and given up', credentialAdvice],
  'second-way-failed': ['a call could not be sent to the push service beside the connection of its device', bugAdvice],
  'stanza-not-sent': ['a stanza could not be sent to the XMPP server', 'see whether the connection to it is up'],
  'stanza-unreadable': ['the XMPP server sent a stanza that is too large or broken', 'its log says whose it is'],
  'touch-not-written': ['when devices were used last could not be kept', databaseAdvice],
  'waiting-pushes-lost': ['pushes that waited in memory were lost at the end of the program'],
  'webpush-refused': [
    'a push service does not take our VAPID key or token',
    `see vapid-key-file and subject; or the clock is wrong: ${clockAdvice}`,
  ],
};

const pushSentences: Readonly<Record<string, Sentence>> = {
  retry: ['pushes are not delivered now, and are tried again', wayAdvice],
  rejected: ['the push service refuses a push', `fine if it is about the token; else ${credentialAdvice}`],
};

/** Of an event that nobody wrote a sentence for, its name. */
export function explain(event: string, fields: Fields): Words {
  const [words, usual] = sentenceOf(event, fields);
  const reason = readText(fields, 'reason') ?? readText(fields, 'obstacle') ?? readMessage(fields['error']) ?? readText(fields, 'message');
  return { words: reason === undefined ? words : `${words}: ${reason}`, advice: readText(fields, 'advice') ?? usual, reason };
}

function sentenceOf(event: string, fields: Fields): Sentence {
  if (event === 'push') return pushSentences[readText(fields, 'outcome') ?? ''] ?? ['a push failed', wayAdvice];
  return Object.hasOwn(sentences, event) ? (sentences[event] ?? [event]) : [event.replaceAll('-', ' ')];
}

function readText(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (Array.isArray(value)) return value.map(String).join('; ');
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Of an error as the log writes it. */
function readMessage(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null ? readText(error as Fields, 'message') : undefined;
}
