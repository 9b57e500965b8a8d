import type { Outcome } from '../../src/index.ts';
import type { Exchange } from './exchange.ts';

/** What became of a push whose service said nothing. */
export function outcomeWithoutAnswer(exchange: Exclude<Exchange, { kind: 'answered' }>): Outcome {
  switch (exchange.kind) {
    case 'unsent':
      return { kind: 'retry', reason: exchange.reason, ...(exchange.afterMs === undefined ? {} : { afterMs: exchange.afterMs }) };
    case 'expired':
      return { kind: 'rejected', reason: exchange.reason };
    case 'in-doubt':
      return { kind: 'retry', reason: `in doubt: ${exchange.reason}` };
    default:
      return exchange satisfies never;
  }
}
