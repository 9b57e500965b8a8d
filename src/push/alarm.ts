// Room: from a notification to an outcome, and what providers are. In: notifications and providers. Out: outcomes. May enter: handlers,
// app, cli, doctor.

/** Tells the administrators something that needs them, in plain words. Never throws; what can't be delivered now is sent later. */
export type Alarm = (text: string) => void;
