import { Program } from '../program/program.ts';
import type { Target } from '../target.ts';
import type { StanzaInput } from './input.ts';
import { inputs } from './inputs.ts';
import { StanzasSubject } from './subject.ts';

/** What an XMPP server, or somebody who has got hold of one, may write to the component. */
export const target: Target<StanzaInput> = {
  name: 'stanzas',
  inputs,
  open: async () => new StanzasSubject(await Program.create()),
};
