const words = { waiting: '', working: 'under way …', done: 'done', failed: 'failed' };

/** The list of steps on the page. */
export function createSteps(list) {
  const items = new Map([...list.children].map((item) => [item.dataset.step, item]));
  const show = (item, state, text = words[state]) => {
    item.dataset.state = state;
    item.querySelector('.state').textContent = text;
  };
  return {
    reset: () => items.forEach((item) => show(item, 'waiting')),
    /** Settles as `work` does. */
    run: async (name, work) => {
      const item = items.get(name);
      show(item, 'working');
      try {
        const result = await work();
        show(item, 'done');
        return result;
      } catch (error) {
        show(item, 'failed');
        throw error;
      }
    },
  };
}
