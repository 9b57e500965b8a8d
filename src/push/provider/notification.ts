/**
 * What a server published: the content of `<notification xmlns='urn:xmpp:push:0'>` (XEP-0357 §7) with the Tigase extensions,
 * as plain values. A field without a value counts as absent.
 */
export interface Notification {
  /** `message-count` of the summary form; 0 says that everything was read elsewhere. */
  readonly messageCount: number | undefined;
  /** `pending-subscription-count` of the summary form. */
  readonly pendingSubscriptionCount: number | undefined;
  /** `last-message-sender`: a bare, full or occupant JID, as the server sent it. */
  readonly sender: string | undefined;
  /** `last-message-body`: the real text or a server's fixed phrase. */
  readonly body: string | undefined;
  /** `<nickname>` of the groupchat or MIX sender. */
  readonly nickname: string | undefined;
  /** `<encrypted xmlns='tigase:push:encrypt:0'>`: base64 text, opaque to us; `type` is `voip` for call signalling. */
  readonly encrypted: { readonly payload: string; readonly iv: string; readonly type: string | undefined } | undefined;
  /** `<priority xmlns='tigase:push:priority:0'>`; undefined where the server sent none. */
  readonly priority: 'high' | 'low' | undefined;
  /** `<jingle xmlns='tigase:push:jingle:0'>`: a call's signalling in the clear. */
  readonly jingle: { readonly sid: string | undefined; readonly action: string | undefined; readonly media: readonly string[] } | undefined;
  /** `<meet xmlns='tigase:push:meet:0'>`: an invitation to a Tigase Meet. */
  readonly meet: { readonly id: string | undefined; readonly jid: string | undefined; readonly media: readonly string[] } | undefined;
  /** `name` of `<event xmlns='http://tigase.org/protocol/account#event'>`, for instance `account-removed`. */
  readonly event: string | undefined;
}

/** A notification that says nothing but that there is something; to be filled in. */
export const emptyNotification: Notification = {
  messageCount: undefined,
  pendingSubscriptionCount: undefined,
  sender: undefined,
  body: undefined,
  nickname: undefined,
  encrypted: undefined,
  priority: undefined,
  jingle: undefined,
  meet: undefined,
  event: undefined,
};
