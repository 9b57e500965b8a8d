/** The part of web-push that the bench uses; it comes without types. */
declare module 'web-push' {
  import type { IncomingHttpHeaders } from 'node:http';

  export interface PushSubscription {
    readonly endpoint: string;
    readonly keys: { readonly p256dh: string; readonly auth: string };
  }

  export interface Options {
    readonly vapidDetails: { readonly subject: string; readonly publicKey: string; readonly privateKey: string };
    readonly TTL: number;
    readonly urgency: 'very-low' | 'low' | 'normal' | 'high';
  }

  export class WebPushError extends Error {
    readonly statusCode: number;
    readonly headers: IncomingHttpHeaders;
  }

  const webpush: {
    sendNotification(subscription: PushSubscription, payload: string, options: Options): Promise<{ readonly statusCode: number }>;
    readonly WebPushError: typeof WebPushError;
  };
  export default webpush;
}
