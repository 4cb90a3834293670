// «پایان کار در این رایانه»: nothing of a form stays in this browser, the worker neither. `Clear-Site-Data` does so over
// TLS; this does it anywhere.
(async () => {
  if ("indexedDB" in self) indexedDB.deleteDatabase("pishkhan-forms");
  if ("caches" in self) await caches.delete("pishkhan-forms");
  if (!("serviceWorker" in navigator)) return;
  for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
})();
