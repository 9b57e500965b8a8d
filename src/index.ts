/** The public entry of the package: the types that providers and REST handlers are written against. */
export type {
  PushAppserver,
  PushAppserverDevice,
  RestAnswer,
  RestHandler,
  RestHandlerExports,
  RestRequest,
  RestTools,
} from './http/rest/rest-handler.ts';
export { emptyNotification } from './push/provider/notification.ts';
export type { Notification } from './push/provider/notification.ts';
export type {
  CertificateSlot,
  CertificateSummary,
  CertificateUpload,
  CreateProvider,
  Finding,
  Outcome,
  Provider,
  ProviderLog,
  ProviderStatus,
  ProviderTools,
  Push,
  PushDialect,
  TokenVerdict,
} from './push/provider/provider.ts';
export type { OptionsIssue, OptionsResult, OptionsSchema, ProviderExports } from './push/provider/provider-exports.ts';
export type { AddressVerdict, Sealed } from './push/provider/sealed.ts';
