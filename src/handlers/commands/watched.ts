import type { IqRequest, Route } from '../../xmpp/routing/router.ts';
import { StanzaError } from '../../xmpp/stanza/stanza-error.ts';
import type { Element } from '../../xmpp/stanza/xml.ts';

/** How a command ended: it was `completed`, or refused with a condition. */
export interface CommandEnd {
  /** Its node; undefined where there is no such command. */
  readonly command: string | undefined;
  readonly result: string;
  readonly stanza: string;
  /** Who ran it, as a bare JID. */
  readonly from: string;
}

/** Everything else is an end, whatever another app server's clients want it to be called. */
const stages = ['executing', 'canceled'];

/**
 * The route of the ad-hoc commands, telling of each that ended; stages on the way there are no end. `nodes` are those of
 * all commands: what else somebody asks for is not repeated. `onEnd` must not throw.
 */
export function watchCommands(route: Route, nodes: readonly string[], onEnd: (end: CommandEnd) => void): Route {
  return {
    ...route,
    async handle(request: IqRequest): Promise<Element | undefined> {
      const node: unknown = request.payload.attrs['node'];
      const command = nodes.find((known) => known === node);
      const end = (result: string) => onEnd({ command, result, stanza: request.id, from: request.from.bare });
      try {
        const answer = await route.handle(request);
        if (answer !== undefined && !stages.includes(String(answer.attrs['status']))) end('completed');
        return answer;
      } catch (error) {
        end(error instanceof StanzaError ? error.condition : 'internal-server-error');
        throw error;
      }
    },
  };
}
