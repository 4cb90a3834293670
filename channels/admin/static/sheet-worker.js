/* The worker that opens day sheets when the line is gone: today's sheets as they were seen last in this browser, and what
   they load. It touches no other page of the staff's site and no form, but opens what notifications
   lead to (staff.js); signing out empties its cache
   (kept-sheets.js; docs/staff-site.md, «Without a line»). */
(() => {
  "use strict";

  const CACHE = "pishkhan-sheets";
  const SHEETS = ["/staff/visit-sheet", "/staff/operator-sheet"];
  const MOST_WAIT_MS = 8000;
  const LONGEST_KEPT_MS = 12 * 3600 * 1000; // as long as a session lives at most

  self.addEventListener("install", () => self.skipWaiting());
  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

  const refuseLater = () =>
    new Promise((resolve, reject) => setTimeout(() => reject(new TypeError("nobody answers")), MOST_WAIT_MS));

  /* A proxy in front that finds nobody behind it: not an answer of ours, which all have a content policy. */
  const isGone = (response) => response.status >= 500 && !response.headers.has("Content-Security-Policy");

  /* The sheet as it is kept, marked as such; nothing once it is too old to be anybody's business. */
  const answerKept = async (path, isAsAsked) => {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(path);
    if (!kept) return Response.error();
    if (Date.now() - new Date(kept.headers.get("Date")) > LONGEST_KEPT_MS) {
      await cache.delete(path);
      return Response.error();
    }
    if (!isAsAsked) return Response.redirect(path, 303);
    const page = await kept.text();
    return new Response(page.replace("data-sheet=", "data-is-kept data-sheet="), { headers: kept.headers });
  };

  const answerSheet = async (request, { pathname, search }) => {
    try {
      const response = await Promise.race([fetch(request), refuseLater()]);
      if (isGone(response)) throw new TypeError("nobody answered");
      if (response.status === 200 && !search) await (await caches.open(CACHE)).put(pathname, response.clone());
      return response;
    } catch {
      return answerKept(pathname, !search);
    }
  };

  /* What is told of new work leads there, in a page that shows it already where there is one. */
  const openAddress = async (address) => {
    const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const open = pages.find(({ url }) => url === address);
    return open ? open.focus() : self.clients.openWindow(address);
  };

  self.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(openAddress(new URL(event.notification.data, self.location.href).href));
  });

  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const address = new URL(request.url);
    if (address.origin !== self.location.origin || request.method !== "GET") return;
    if (request.mode === "navigate" && SHEETS.includes(address.pathname)) {
      event.respondWith(answerSheet(request, address));
    } else if (address.pathname.startsWith("/static/")) {
      event.respondWith(caches.match(request, { cacheName: CACHE }).then((kept) => kept || fetch(request)));
    }
  });
})();
