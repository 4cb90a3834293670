/* What scripts share that keep something in the browser until there is a line: stores of IndexedDB, calls that may be
   repeated because the answer may be lost, and texts that say what becomes of it. */
(() => {
  "use strict";

  const PATIENCE_MS = 30000;
  const SLOWEST_LINE = 4; // bytes a millisecond: one bar of signal
  const RETRY_MS = 20000; // so long a page waits before it looks for a line again

  const fetchInTime = async (address, options, bytes = 0) => {
    const abandoning = new AbortController();
    const timer = setTimeout(() => abandoning.abort(), PATIENCE_MS + bytes / SLOWEST_LINE);
    try {
      return await fetch(address, { ...options, signal: abandoning.signal });
    } finally {
      clearTimeout(timer);
    }
  };

  /* Whether the same call may be taken later: nobody is there, they are busy, or the line is too slow. */
  const isPassing = ({ status }) => status >= 500 || status === 408 || status === 429;

  /* The server leads elsewhere in place of an answer: to the sign-in, as a rule. */
  class LedElsewhere extends TypeError {}

  /* Post what is kept, and return what the server answered as JSON. `TypeError`: there is no line, or `LedElsewhere`. */
  const postKept = async (address, body, bytes = 0) => {
    const headers = { Accept: "application/json" };
    const response = await fetchInTime(address, { method: "POST", body, headers, redirect: "manual" }, bytes);
    if (response.type === "opaqueredirect") throw new LedElsewhere("no answer of ours");
    const isOurs = (response.headers.get("Content-Type") || "").startsWith("application/json");
    if (!isOurs && isPassing(response)) throw new TypeError("no answer of ours");
    return isOurs ? await response.json() : { state: "refused", message: "" };
  };

  /* A text with its facts in their braces. */
  const fill = (words, facts) => words.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? facts[name] : whole));

  const newKey = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const openDatabase = (name, version, upgrade) =>
    new Promise((resolve, reject) => {
      const opening = indexedDB.open(name, version);
      opening.onupgradeneeded = (event) => upgrade(opening.result, event.oldVersion);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
      opening.onblocked = () => reject(new Error("blocked"));
    });

  /* The stores of a database, which `upgrade` makes. What is returned runs `work` in one transaction on some of them; it
     gets them, and a function that sets what is returned. Whatever `work` throws, in an answer of a store too, undoes the
     transaction and is thrown. */
  const openStores = (name, version, upgrade) => async (storeNames, mode, work) => {
    const database = await openDatabase(name, version, upgrade);
    try {
      return await new Promise((resolve, reject) => {
        let outcome;
        const transaction = database.transaction(storeNames, mode);
        transaction.oncomplete = () => resolve(outcome);
        transaction.onabort = () => reject(transaction.error);
        work(storeNames.map((storeName) => transaction.objectStore(storeName)), (value) => {
          outcome = value;
        });
      });
    } finally {
      database.close();
    }
  };

  self.keptLine = { LedElsewhere, RETRY_MS, fetchInTime, fill, postKept, newKey, openStores };
})();
