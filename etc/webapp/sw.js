'use strict';

/* global readPush, keepPush, listPushes, forgetPushes */

// Wakes up when a push arrives, whether or not a page is open: shows a notification, keeps the push for the list, tells open pages.

importScripts('notice.js', 'pushes.js');

self.addEventListener('install', () => void self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('push', (event) => event.waitUntil(arrive(event.data?.text() ?? '')));
self.addEventListener('notificationclick', (event) => event.waitUntil(openPage(event.notification)));
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(askForRenewal()));
self.addEventListener('message', ({ data }) => void answer(data));

async function arrive(text) {
  const push = readPush(text);
  await keepPush({ ...push, at: Date.now() });
  await (push.kind === 'read' ? takeAway(push.account) : show(push));
  await tellPages();
}

/** One notification for each account: the newest takes the place of the one before, and is heard all the same. */
function show({ title, body, account }) {
  return self.registration.showNotification(title, { body, tag: account || 'unknown', renotify: true, icon: 'icon.svg' });
}

async function takeAway(account) {
  for (const notification of await self.registration.getNotifications({ tag: account })) notification.close();
}

/** The browser gave the subscription up. Without the password nobody can register a new one from here. */
function askForRenewal() {
  const body = 'The browser has ended its subscription. Open the page and switch push on again.';
  return self.registration.showNotification('Push is off', { body, tag: 'renewal' });
}

async function openPage(notification) {
  notification.close();
  const [page] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  await (page === undefined ? self.clients.openWindow('./') : page.focus());
}

async function answer(wish) {
  if (wish === 'forget') await forgetPushes();
  await tellPages();
}

async function tellPages() {
  const pushes = await listPushes();
  for (const page of await self.clients.matchAll({ type: 'window', includeUncontrolled: true })) page.postMessage({ pushes });
}
