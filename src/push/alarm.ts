/** Tells the administrators something that needs them, in plain words. Never throws; what can't be delivered now is sent later. */
export type Alarm = (text: string) => void;
