'use strict';

/* exported readPush */

/**
 * What a push says, in words: the JSON that Reveille's provider `webpush` sends, all values of it strings. `kind` is `message`
 * (something to show), `read` (everything was read elsewhere: away with what is shown), or `unknown` (no push of Reveille's).
 */
function readPush(text) {
  const data = parseObject(text);
  if (typeof data?.account !== 'string')
    return { kind: 'unknown', account: '', title: 'A push that this page can’t read', body: text.slice(0, 200) };
  const { account, sender, nickname, body, encrypted, 'unread-messages': unread } = data;
  if (unread === '0' && sender === undefined && body === undefined && encrypted === undefined)
    return { kind: 'read', account, title: account, body: 'Everything was read elsewhere' };
  const from = nickname === undefined ? sender : `${nickname} (${sender ?? 'in a room'})`;
  return { kind: 'message', account, title: from ?? account, body: body ?? wordsFor(encrypted, unread) };
}

/** Where the server gave no text. */
function wordsFor(encrypted, unread) {
  if (encrypted !== undefined) return 'An encrypted message';
  return Number(unread) > 1 ? `${unread} new messages` : 'A new message';
}

function parseObject(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // whoever sent it is not Reveille
  }
}
