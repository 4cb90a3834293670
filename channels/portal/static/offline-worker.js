/* The worker that opens forms when the line is gone, and keeps what they post. It touches the addresses below and no
   others: never the staff's site, pages of paying, or anybody's requests. It keeps no page of anybody: in its cache are
   the empty form of a service, which is the same for all, and what that loads. `KEPT_FILES` and the scripts of
   what is kept are put before it by the server (`channels/portal/requests/offline_pages.py`). */
(() => {
  "use strict";

  const { CACHE, keepSection, noteSaved, changeForm, findForm, isPending, sendForm, sendAll, finishEnding,
    wipe, isEnding, endLater } = self.offlineForms;
  const { listWaiting, sumBytes, addPapers, removePapers } = self.offlinePapers;
  const FORM = /^\/services\/([a-z_]+)\/request(?:\/(offline)|\/([0-9]+)\/(?:form\/([a-z_]+)|(applicant|papers|summary|submit|later|continue|done)))?$/;
  const OTHERS = /^\/((my-requests|requests|track|drafts|mobile|services|session)(\/|$)|$)/;
  const OVERVIEW = "/offline";
  const MOST_WAIT_MS = 8000;
  const PATIENCE_MS = 25000;
  const SLOWEST_LINE = 4; // bytes a millisecond: one bar of signal
  const keptFiles = new Set(KEPT_FILES);

  const shellOf = (service) => `/services/${service}/request/offline`;
  const goTo = (address) => Response.redirect(address, 303);

  /* --- beginning and replacing ------------------------------------------------------------------------------------- */

  const refill = async () => {
    const cache = await caches.open(CACHE);
    const shells = (await cache.keys()).map((request) => new URL(request.url).pathname).filter((path) => path.endsWith("/offline"));
    const fresh = [...keptFiles, ...new Set([...shells, OVERVIEW])];
    await cache.addAll(fresh.map((address) => new Request(address, { cache: "no-cache" })));
  };

  const removeOld = async () => {
    const cache = await caches.open(CACHE);
    for (const request of await cache.keys()) {
      const { pathname, search } = new URL(request.url);
      if (pathname.startsWith("/static/") && !keptFiles.has(pathname + search)) await cache.delete(request);
    }
  };

  self.addEventListener("install", (event) => event.waitUntil(refill().then(() => self.skipWaiting())));
  self.addEventListener("activate", (event) => event.waitUntil(removeOld().then(() => self.clients.claim())));
  self.addEventListener("sync", (event) => event.waitUntil(sendAll()));

  /* --- answering --------------------------------------------------------------------------------------------------- */

  const readPlace = (path) => {
    const match = FORM.exec(path);
    if (!match) return null;
    const [, service, offline, draft, section, page] = match;
    return { service, draft: draft || "", section: section || "", page: offline || page || (section ? "section" : "begin") };
  };

  const findKept = async (address) => (await caches.open(CACHE)).match(address);

  /* A proxy in front that finds nobody behind it: not an answer of ours, which all have a content policy. */
  const isGone = (response) => response.status >= 500 && !response.headers.has("Content-Security-Policy");

  const refuseLater = (bytes) =>
    new Promise((resolve, reject) =>
      setTimeout(() => reject(new TypeError("nobody answers")), PATIENCE_MS + bytes / SLOWEST_LINE));

  const fetchPage = async (request, bytes = 0) => {
    // The request as it is, with nothing changed: it says where it comes from, which the server looks at.
    const response = await Promise.race([fetch(request), refuseLater(bytes)]);
    if (isGone(response)) throw new TypeError("nobody answered");
    return response;
  };

  /* Where one goes on without a line: the same place of the empty form, which fills in what was typed here. */
  const goOffline = async (place, page = "") => {
    if (!(await findKept(shellOf(place.service)))) return (await findKept(OVERVIEW)) ? goTo(OVERVIEW) : Response.error();
    const where = page || { section: `form/${place.section}`, applicant: "applicant", papers: "papers" }[place.page] || "summary";
    return goTo(shellOf(place.service) + (place.draft ? `#${place.draft}/${where}` : ""));
  };

  const sendFirst = async (draft) => {
    const form = draft ? await findForm(draft) : null;
    if (!form || !isPending(form) || form.send) return;
    await Promise.race([sendForm(draft), new Promise((resolve) => setTimeout(resolve, MOST_WAIT_MS))]);
  };

  /* Files of this draft still travel, or were refused: the page that says so goes on by itself once they are there. */
  const hasPapersFirst = async (form, place) =>
    !form.sent && form.papers.length > 0 && Boolean(await findKept(shellOf(place.service)));

  const answerGet = async (request, place) => {
    try {
      await finishEnding();
      await sendFirst(place.draft);
    } catch (error) {
      return goOffline(place);
    }
    const form = place.draft ? await findForm(place.draft) : null;
    if (form && Object.values(form.sections).some((section) => section.conflict)) return goOffline(place);
    if (form && (await hasPapersFirst(form, place))) return goOffline(place, form.send ? "summary" : "papers");
    try {
      return await fetchPage(request);
    } catch (error) {
      return goOffline(place);
    }
  };

  const askLater = async () => {
    if (self.registration.sync) await self.registration.sync.register("forms").catch(() => {});
  };

  const followingPage = (body) => (body.has("later") ? "kept" : "next");

  /* A section is kept before it is sent, so that nothing is lost whatever becomes of line, page and worker. */
  const answerSection = async (request, place) => {
    const body = await request.clone().text();
    const values = new URLSearchParams(body);
    if (!values.has("more")) await keepSection(place.service, place.draft, place.section, body, true);
    try {
      const response = await fetchPage(request);
      const isTaken = response.type === "opaqueredirect" || response.status === 200 || response.status === 422;
      if (isTaken && !values.has("more")) await noteSaved(place.service, place.draft, place.section, body);
      return response;
    } catch (error) {
      await askLater();
      return goOffline(place, values.has("more") ? "" : `form/${place.section}/${followingPage(values)}`);
    }
  };

  const answerApplicant = async (request, place) => {
    const body = self.offlineForms.tidyBody(await request.clone().text());
    const keep = (isWaiting) => changeForm(place.service, place.draft, (form) => {
      form.applicant = { body, isPending: isWaiting };
    });
    try {
      const response = await fetchPage(request);
      if (response.type === "opaqueredirect") await keep(false);
      return response;
    } catch (error) {
      await keep(true);
      await askLater();
      return goOffline(place, "summary");
    }
  };

  const readChosen = async (request) => {
    const posted = await request.formData();
    const files = [...posted].filter(([name, value]) => /^(file|camera)-/.test(name) && value.size);
    const chosen = files.map(([name, file]) => [name.slice(name.indexOf("-") + 1), file]);
    const uploads = [...posted].filter(([name]) => name.startsWith("upload-")).map(([, id]) => `/${id}`);
    return { chosen, uploads, isLeft: !posted.has("add") && !posted.has("remove") };
  };

  /* Files are kept before they are sent, as answers are; null: the browser has no room for them. */
  const keepChosen = async (place, chosen) => {
    if (!chosen.length) return [];
    return addPapers(place.service, place.draft, chosen).catch(() => null);
  };

  /* The files that are kept of uploads that a form names. */
  const findNamed = async (draft, uploads) => {
    const form = await findForm(draft);
    const named = form ? form.papers.filter((paper) => uploads.some((id) => paper.upload.endsWith(id))) : [];
    return named.map((paper) => paper.id);
  };

  const answerPapers = async (request, place) => {
    const { chosen, uploads, isLeft } = await readChosen(request.clone())
      .catch(() => ({ chosen: [], uploads: [], isLeft: false }));
    const kept = await keepChosen(place, chosen);
    try {
      const response = await fetchPage(request, sumBytes(chosen.map(([, file]) => file)));
      const isTaken = response.type === "opaqueredirect" || response.status === 413 || response.status === 422;
      if (isTaken) await removePapers(place.draft, [...(kept || []), ...(await findNamed(place.draft, uploads))]);
      return response;
    } catch (error) {
      await askLater();
      if (!kept) return goOffline(place, "papers/full");
      return goOffline(place, isLeft ? "summary" : "papers");
    }
  };

  const keepSending = async (place, mobile) => {
    await changeForm(place.service, place.draft, (form) => {
      form.send = { mobile: mobile || (form.send && form.send.mobile) || "" };
    });
    await askLater();
    return goOffline(place, "summary");
  };

  /* Send the files of a draft before its form is: the request takes along what is there. */
  const arePapersSent = async (draft) => {
    const form = await findForm(draft);
    if (form && !form.sent && listWaiting(form).length) await sendForm(draft);
    const left = await findForm(draft);
    return !left || Boolean(left.sent) || !left.papers.length;
  };

  const answerSubmit = async (request, place) => {
    const values = new URLSearchParams(await request.clone().text());
    try {
      if (!(await arePapersSent(place.draft))) return await keepSending(place, values.get("mobile"));
      return await fetchPage(request);
    } catch (error) {
      return keepSending(place, values.get("mobile"));
    }
  };

  /* The code of a form that is being sent: it is asked for again with the line; the code itself is never kept. */
  const answerCode = async (request) => {
    const values = new URLSearchParams(await request.clone().text());
    const place = readPlace(values.get("proof_return") || "");
    try {
      return await fetchPage(request);
    } catch (error) {
      return place && place.page === "submit" ? keepSending(place, values.get("proof_mobile")) : Response.error();
    }
  };

  const answerEnd = async (request) => {
    await wipe({ withCaches: false });
    try {
      const response = await fetchPage(request);
      if (!isEnding(response)) throw new TypeError("the session was not ended");
      await wipe({ withCaches: true });
      await self.registration.unregister();
      return response;
    } catch (error) {
      await endLater();
      await askLater();
      return goTo(`${OVERVIEW}#ended`);
    }
  };

  const answerPost = (request, path) => {
    if (path === "/session/end") return answerEnd(request);
    if (path === "/mobile/code" || path === "/mobile") return answerCode(request);
    const place = readPlace(path);
    if (!place || !place.draft) return null;
    return { section: answerSection, applicant: answerApplicant, papers: answerPapers, submit: answerSubmit }[place.page]?.(request, place) || null;
  };

  /* Other pages of citizens: without a line, what is kept of forms is shown in their place. */
  const answerOther = async (request) => {
    try {
      await finishEnding();
      return await fetchPage(request);
    } catch (error) {
      return (await findKept(OVERVIEW)) ? goTo(OVERVIEW) : Response.error();
    }
  };

  const answerVisit = (request, path) => {
    const place = readPlace(path);
    if (path === OVERVIEW || (place && place.page === "offline")) {
      return findKept(path).then((kept) => kept || fetch(request));
    }
    if (place) return answerGet(request, place);
    return OTHERS.test(path) ? answerOther(request) : null;
  };

  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname, search } = new URL(request.url);
    if (origin !== self.location.origin) return;
    if (request.mode !== "navigate") {
      if (request.method === "GET" && keptFiles.has(pathname + search)) {
        event.respondWith(findKept(pathname + search).then((kept) => kept || fetch(request)));
      }
      return;
    }
    // A form of another site's page is none of ours: the server is to see where it comes from, and refuses it.
    const isOwn = request.referrer.startsWith(`${origin}/`);
    const answer = request.method === "POST" ? isOwn && answerPost(request, pathname) : answerVisit(request, pathname);
    if (answer) event.respondWith(answer);
  });
})();
