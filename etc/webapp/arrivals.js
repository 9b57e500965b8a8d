/** Shows in the list what the service worker has: its newest pushes, now and whenever one arrives. */
export async function showArrivals(list, none) {
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    list.replaceChildren(...data.pushes.map(buildItem));
    none.hidden = data.pushes.length > 0;
  });
  navigator.serviceWorker.startMessages();
  await wish('list');
}

export const forgetArrivals = () => wish('forget');

async function wish(what) {
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage(what);
}

function buildItem({ at, title, body, account, kind }) {
  const time = build('time', new Date(at).toLocaleString());
  time.dateTime = new Date(at).toISOString();
  const item = build('li', '', build('strong', title), build('span', body), build('small', account && `for ${account}, `, time));
  item.dataset.kind = kind;
  return item;
}

/** Texts come from strangers: they are never markup. */
function build(name, text, ...children) {
  const element = document.createElement(name);
  element.append(text, ...children);
  return element;
}
