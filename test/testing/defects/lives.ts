import type { CreateProvider, Provider, ProviderStatus, Push } from '../../../src/index.ts';
import { replacing, rule, type Defect, type Defects } from './defect.ts';

const distantMs = 3_600_000;

/** Those made by a module that forgets whose they are. */
const everybody = new Set<Provider>();

function telling(status: unknown): Defect {
  return { spoil: replacing(() => ({ status: () => status })), noticedBy: [rule.status] };
}

export const lifeDefects: Defects = {
  'takes any options': { spoil: takeAll, noticedBy: ['refuses an unknown key'] },
  'tells one mistake of two': { spoil: tellOne, noticedBy: ['refuses two mistakes, both told'] },
  'throws a text at bad options': {
    spoil: throwText,
    noticedBy: ['refuses an unknown key', 'refuses a url that is none', 'refuses two mistakes, both told'],
  },
  'has a schema that takes any key': {
    spoil: (create) => create,
    options: { '~standard': { validate: () => ({}) } },
    noticedBy: [rule.schema],
  },
  'is not ready and does not say why': telling({ ready: false }),
  'is not ready though it works': telling({ ready: false, reason: 'just so' }),
  'shows its key in its status': {
    spoil: replacing((_, options) => ({ status: (): ProviderStatus => ({ ready: true, reason: `with ${options['key']}` }) })),
    noticedBy: [rule.status],
  },
  'looks something up for its status': {
    spoil: replacing((good) => ({
      status: () => {
        setTimeout(() => undefined, 1).unref();
        return good.status();
      },
    })),
    noticedBy: [rule.idleStatus],
  },
  'leaves a timer': {
    spoil: replacing(() => {
      setInterval(() => undefined, distantMs);
      return {};
    }),
    noticedBy: [rule.leftovers],
  },
  'does not wait for pushes under way': { spoil: replacing((good) => ({ close: async () => void good.close() })), noticedBy: [rule.drain] },
  'waits for a silent service to speak': { spoil: waitForEver, noticedBy: [rule.closeSilent] },
  'goes on after its end': { spoil: goOn, noticedBy: [rule.afterClose] },
  'closes everybody': { spoil: closeEverybody, noticedBy: [rule.neighbour] },
  'causes a warning': {
    spoil: replacing((good) => ({
      push: (push: Push, signal: AbortSignal) => {
        if (push.notification.event !== undefined) process.emitWarning('too many listeners', 'MaxListenersExceededWarning');
        return good.push(push, signal);
      },
    })),
    noticedBy: [rule.troubles],
  },
};

function takeAll(create: CreateProvider): CreateProvider {
  return (options, tools) => {
    const { url, key } = options as Readonly<Record<string, unknown>>;
    return create({ url, key }, tools);
  };
}

function tellOne(create: CreateProvider): CreateProvider {
  return (options, tools) => {
    try {
      return create(options, tools);
    } catch (error) {
      throw error instanceof AggregateError ? error.errors[0] : error;
    }
  };
}

function throwText(create: CreateProvider): CreateProvider {
  return (options, tools) => {
    try {
      return create(options, tools);
    } catch (error) {
      throw error instanceof AggregateError ? String(error.errors) : error;
    }
  };
}

function waitForEver(create: CreateProvider): CreateProvider {
  return replacing((good) => {
    const underWay = new Set<Promise<unknown>>();
    return {
      push: (push: Push, signal: AbortSignal) => {
        const outcome = good.push(push, signal);
        underWay.add(outcome);
        return outcome.finally(() => underWay.delete(outcome));
      },
      close: async () => {
        await Promise.all(underWay);
        await good.close();
      },
    };
  })(create);
}

function goOn(create: CreateProvider): CreateProvider {
  return async (options, tools) => {
    let current = await create(options, tools);
    return {
      push: (push, signal) => current.push(push, signal),
      status: () => current.status(),
      close: async () => {
        const old = current;
        current = await create(options, tools);
        await old.close();
      },
    };
  };
}

function closeEverybody(create: CreateProvider): CreateProvider {
  return async (options, tools) => {
    const provider = await create(options, tools);
    everybody.add(provider);
    return { ...provider, close: () => Promise.all([...everybody].map((each) => each.close())).then(() => undefined) };
  };
}
