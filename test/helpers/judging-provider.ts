import type { Provider } from '../../src/index.ts';

/** A third party's provider whose tokens are words in angle brackets, which it takes away; it quotes what it refuses. */
export const judgingProvider = new URL(import.meta.url).pathname;

export default function create(): Provider {
  return {
    push: async () => ({ kind: 'accepted' }),
    status: () => ({ ready: true }),
    checkToken: (text) => {
      if (text === 'make-it-two-words') return { kind: 'token', token: 'two words' };
      if (text.startsWith('acme-') || text.startsWith('<acme-')) return { kind: 'token', token: text.replace(/[<>]/g, '') };
      return { kind: 'refused', reason: `is no word of Acme: ${text}\nand a second line` };
    },
    close: async () => undefined,
  };
}
