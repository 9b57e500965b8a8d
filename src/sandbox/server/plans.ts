/** Which requests a misbehaviour is done to. */
export interface Scope {
  /** How many; 1 unless said otherwise. */
  readonly times?: number;
  /** Only pushes to this device token. */
  readonly token?: string;
  /** So many matching requests pass before it begins. */
  readonly after?: number;
}

/** The misbehaviours ordered and not yet used up. */
export interface Plans<M> {
  add(told: M, scope?: Scope): void;
  /** What to do with a push to this token; counts it. The plan added first comes first. */
  next(token: string): M | undefined;
  clear(): void;
}

interface Plan<M> {
  readonly told: M;
  readonly token: string | undefined;
  after: number;
  times: number;
}

export function createPlans<M>(): Plans<M> {
  const plans = new Set<Plan<M>>();
  return {
    add(told, { times = 1, token, after = 0 } = {}) {
      plans.add({ told, token, times, after });
    },
    next(token) {
      for (const plan of plans) {
        if (plan.token !== undefined && plan.token !== token) continue;
        if (plan.after > 0) {
          plan.after -= 1;
          continue;
        }
        plan.times -= 1;
        if (plan.times <= 0) plans.delete(plan);
        return plan.told;
      }
      return undefined;
    },
    clear: () => plans.clear(),
  };
}
