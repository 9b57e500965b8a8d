import { componentDomain } from '../../../config/values/jid.ts';
import type { Dialogue } from '../dialogue/dialogue.ts';
import { readBySchema } from './read-by-schema.ts';

/** The component's domain. Whether the server knows it shows with the secret. */
export async function askJid(dialogue: Dialogue): Promise<string> {
  dialogue.say('\n2 of 5: the name (JID) of Reveille');
  dialogue.explain(
    "  A domain of its own, below that of your users: push.example.org for example.org. The server's configuration names it.",
  );
  return dialogue.ask({ option: 'jid', text: 'Which one?' }, (answer) => readBySchema(componentDomain, answer));
}
