/** Groups of names that reach each other along the arrows (strongly connected components of two or more, by Tarjan), sorted. */
export function findCircles(arrows: readonly { readonly from: string; readonly to: string }[]): readonly (readonly string[])[] {
  const targets = Map.groupBy(
    arrows.filter(({ from, to }) => from !== to),
    ({ from }) => from,
  );
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (name: string): number => {
    const number = order.size;
    order.set(name, number);
    lowest.set(name, number);
    stack.push(name);
    for (const { to } of targets.get(name) ?? []) {
      if (!order.has(to)) lowest.set(name, Math.min(lowest.get(name) ?? number, visit(to)));
      else if (stack.includes(to)) lowest.set(name, Math.min(lowest.get(name) ?? number, order.get(to) ?? number));
    }
    if (lowest.get(name) === number) {
      const circle = stack.splice(stack.indexOf(name));
      if (circle.length > 1) circles.push(circle.sort());
    }
    return lowest.get(name) ?? number;
  };
  for (const name of targets.keys()) if (!order.has(name)) visit(name);
  return circles;
}
