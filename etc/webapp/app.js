import { forgetArrivals, showArrivals } from './arrivals.js';
import { createSteps } from './steps.js';
import { switchOff, switchOn, writeToMyself } from './switching.js';
import { Trouble } from './trouble.js';

const memory = 'reveille-webapp';
const remembered = ['jid', 'websocket', 'service', 'provider', 'key'];

const form = document.querySelector('form');
const said = document.querySelector('#said');
const steps = createSteps(document.querySelector('#steps'));
const buttons = [...document.querySelectorAll('button')];

/** What was remembered in this browser: all but the password, and the registration where push is on. */
let memo = JSON.parse(localStorage.getItem(memory) ?? '{}');

fillForm({ ...memo.wishes, ...readLink() });
showWhetherOn();
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void act('Push is being switched on …', async () => {
    const wishes = readForm();
    const registration = await switchOn(wishes, steps.run);
    remember({ wishes: { ...wishes, password: undefined }, registration });
    return `Push is on for ${wishes.jid}. You may close this page: messages wake it. Try it: write yourself one.`;
  });
});
// What is missing may be in the closed details, where the browser can't point at it.
form.addEventListener('invalid', () => (form.querySelector('details').open = true), { capture: true });
on('#off', 'Push is being switched off …', async () => {
  await switchOff(readForm(), memo.registration, steps.run);
  remember({ wishes: memo.wishes });
  return 'Push is off: your server, the push service and the browser have forgotten each other.';
});
on('#write', 'Writing …', async () => {
  await writeToMyself(readForm(), steps.run);
  return 'Your server has the message. The push should be here within seconds; if not, is another app of yours online? It gets the message then.';
});
document.querySelector('#forget').addEventListener('click', () => void forgetArrivals());
void start();

/** The list of arrivals needs the service worker only, so it is shown before anybody logs in. */
async function start() {
  if (!('serviceWorker' in navigator)) return say('This browser has no service workers here: see “What can go wrong” below.', 'failed');
  try {
    await navigator.serviceWorker.register('sw.js');
    await showArrivals(document.querySelector('#arrivals'), document.querySelector('#none'));
  } catch (error) {
    say(`The service worker does not start: ${error.message}`, 'failed');
  }
}

function on(selector, beginning, work) {
  document.querySelector(selector).addEventListener('click', () => {
    if (form.reportValidity()) void act(beginning, work);
  });
}

/** One thing at a time; what becomes of it is said. */
async function act(beginning, work) {
  say(beginning, 'working');
  steps.reset();
  for (const button of buttons) button.disabled = true;
  try {
    say(await work(), 'done');
  } catch (error) {
    if (!(error instanceof Trouble)) console.error(error);
    say(error instanceof Trouble ? `${error.message}. ${error.advice}` : `This page made a mistake: ${error.message}`, 'failed');
  }
  for (const button of buttons) button.disabled = false;
  showWhetherOn();
}

function say(text, state) {
  said.textContent = text;
  said.dataset.state = state;
}

function showWhetherOn() {
  document.querySelector('#off').disabled = memo.registration === undefined;
}

function remember(what) {
  memo = what;
  localStorage.setItem(memory, JSON.stringify(memo));
}

const readForm = () =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, name === 'password' ? value : value.trim()]));

function fillForm(values) {
  for (const [name, value] of Object.entries(values))
    if (remembered.includes(name) && typeof value === 'string') form.elements[name].value = value;
  if (form.elements.key.value === '') form.querySelector('details').open = true;
}

/** An administrator may hand the page out with everything filled in: `#key=…&jid=…`. What is behind # is sent to nobody. */
function readLink() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}
