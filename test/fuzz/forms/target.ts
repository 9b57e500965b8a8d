import { Program } from '../program/program.ts';
import type { Target } from '../target.ts';
import type { FormInput } from './input.ts';
import { inputs } from './inputs.ts';
import { FormsSubject } from './subject.ts';

/** What people may send to the ad-hoc commands, administrators or not. */
export const target: Target<FormInput> = {
  name: 'forms',
  inputs,
  open: async () => new FormsSubject(await Program.create()),
};
