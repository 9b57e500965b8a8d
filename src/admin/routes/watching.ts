import type { Log } from '../../log/log.ts';
import type { Pseudonyms } from '../../log/pseudonyms.ts';
import type { PushFeed } from '../../push/feed/push-feed.ts';
import { ranges, type Chart, type Range } from '../history/history.ts';
import type { State } from '../state/state.ts';
import type { Audience } from '../streams/audience.ts';
import { streamPushes, type PushFilter } from '../streams/push-stream.ts';
import { buildEvent } from '../streams/viewer.ts';
import { ApiRefusal, type AdminRequest, type AdminRoute } from './route.ts';

export interface WatchingParts {
  readonly readState: () => Promise<State>;
  readonly readChart: (range: Range) => Chart;
  readonly viewers: Audience;
  readonly followers: Audience;
  readonly feed: PushFeed;
  readonly pseudonyms: Pseudonyms;
  readonly log: Log;
}

/** What shows and changes nothing. */
export function buildWatchingRoutes(parts: WatchingParts): readonly AdminRoute[] {
  const { readState, readChart, viewers, followers, feed, pseudonyms, log } = parts;
  return [
    { method: 'GET', path: '/api/state', handle: async () => ({ body: await readState() }) },
    { method: 'GET', path: '/api/history', handle: ({ query }) => ({ body: readChart(readRange(query.get('range') ?? '5m')) }) },
    {
      method: 'GET',
      path: '/api/events',
      handle: async () => {
        refuseFull(viewers);
        const first = buildEvent('state', await readState());
        refuseFull(viewers);
        return { stream: (response) => viewers.admit(response).send(first, performance.now()) };
      },
    },
    {
      method: 'GET',
      path: '/api/pushes',
      handle: (request) => {
        const filter = readFilter(request);
        refuseFull(followers);
        log.info('admin-action', { action: 'follow-pushes', client: request.client, provider: filter.provider, owner: filter.owner });
        return { stream: (response) => streamPushes(feed, followers, response, filter, pseudonyms) };
      },
    },
  ];
}

function refuseFull(audience: Audience): void {
  if (audience.isFull)
    throw new ApiRefusal(503, `${audience.size} watch already, which is as many as may; close a page that nobody looks at`);
}

function readRange(text: string): Range {
  if (Object.hasOwn(ranges, text)) return text as Range;
  throw new ApiRefusal(400, `"range": expected ${Object.keys(ranges).join(', ')}`);
}

const outcomes = ['accepted', 'gone', 'rejected', 'retry', 'expired', 'replaced', 'unknown'];

function readFilter({ query }: AdminRequest): PushFilter {
  const read = (name: string) => query.get(name)?.trim().toLowerCase() || undefined;
  const outcome = read('outcome');
  if (outcome !== undefined && !outcomes.includes(outcome)) throw new ApiRefusal(400, `"outcome": expected ${outcomes.join(', ')}`);
  // Provider ids keep their case; a resource is not part of an owner.
  return { provider: query.get('provider')?.trim() || undefined, outcome, owner: read('owner')?.split('/', 1)[0] };
}
