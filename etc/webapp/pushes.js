'use strict';

/* exported keepPush, listPushes, forgetPushes */

// The pushes that arrived, newest first, kept in this browser (IndexedDB) because they arrive while no page is open.

const store = 'pushes';
const mostKept = 50;

async function keepPush(push) {
  await inStore('readwrite', (pushes) => {
    pushes.add(push);
    const all = pushes.getAllKeys();
    all.onsuccess = () => all.result.slice(0, -mostKept).forEach((key) => pushes.delete(key));
    return all;
  });
}

async function listPushes() {
  return (await inStore('readonly', (pushes) => pushes.getAll())).reverse();
}

async function forgetPushes() {
  await inStore('readwrite', (pushes) => pushes.clear());
}

/** Settles with what the request came to, once all of it is written. */
async function inStore(mode, ask) {
  const database = await openDatabase();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode);
      const request = ask(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('reveille-webapp', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store, { autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
