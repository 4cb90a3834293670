/* What this browser keeps of forms that were begun here, and how it is sent once there is a line. Pages, the page that
   works without a line, and the worker use it (docs/portal.md, «Offline»). Nothing of a page is kept: only what was
   typed and posted in this browser, until it is over or «پایان کار در این رایانه» wipes it. */
(() => {
  "use strict";

  const DATABASE = "pishkhan-forms";
  const CACHE = "pishkhan-forms";
  const KEPT_DAYS = 14;
  const PATIENCE_MS = 30000;
  const MOST_TRIES = 3;
  const OWN_FIELDS = ["csrf", "later", "more", "work_nonce"];

  /* --- the database: one row a form, one fact a name --------------------------------------------------------------- */

  const openDatabase = () =>
    new Promise((resolve, reject) => {
      const opening = indexedDB.open(DATABASE, 1);
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore("forms", { keyPath: "name" });
        opening.result.createObjectStore("facts");
      };
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
      opening.onblocked = () => reject(new Error("blocked"));
    });

  /* Run `work` in one transaction; it gets the store, and a function that sets what is returned. */
  const inStore = async (storeName, mode, work) => {
    const database = await openDatabase();
    try {
      return await new Promise((resolve, reject) => {
        let outcome;
        const transaction = database.transaction(storeName, mode);
        transaction.oncomplete = () => resolve(outcome);
        transaction.onabort = () => reject(transaction.error);
        work(transaction.objectStore(storeName), (value) => {
          outcome = value;
        });
      });
    } finally {
      database.close();
    }
  };

  const readFact = (name) =>
    inStore("facts", "readonly", (store, give) => {
      store.get(name).onsuccess = (event) => give(event.target.result);
    });

  const writeFact = (name, value) =>
    inStore("facts", "readwrite", (store) => {
      if (value === undefined) store.delete(name);
      else store.put(value, name);
    });

  const newKey = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const isOf = (form, draft) => form.name === draft || form.draft === draft;

  const isOver = (form) => Date.now() - form.changedAt > KEPT_DAYS * 86400000;

  const buildForm = (service, draft) => {
    const key = newKey();
    return {
      name: draft || `n${key}`,
      draft: draft || "",
      key,
      service,
      csrf: "",
      owner: "",
      bases: {},
      savedSections: [],
      sections: {},
      applicant: null,
      send: null,
      sent: null,
      refusal: "",
      changedAt: Date.now(),
    };
  };

  const listForms = async () => {
    const forms = await inStore("forms", "readonly", (store, give) => {
      store.getAll().onsuccess = (event) => give(event.target.result);
    });
    return forms.filter((form) => !isOver(form)).sort((one, other) => other.changedAt - one.changedAt);
  };

  const findForm = async (draft) => (await listForms()).find((form) => isOf(form, draft));

  /* Change a form in one transaction, and return it; one that is not there is begun. */
  const changeForm = (service, draft, change) =>
    inStore("forms", "readwrite", (store, give) => {
      store.getAll().onsuccess = (event) => {
        const form = (draft && event.target.result.find((each) => isOf(each, draft))) || buildForm(service, draft);
        change(form);
        form.changedAt = Date.now();
        store.put(form);
        give(form);
      };
    });

  const forgetForm = (draft) =>
    inStore("forms", "readwrite", (store) => {
      store.getAll().onsuccess = (event) => {
        for (const form of event.target.result) if (isOf(form, draft)) store.delete(form.name);
      };
    });

  const isPending = (form) =>
    Boolean(
      form.send || (form.applicant && form.applicant.isPending) ||
        Object.values(form.sections).some((section) => section.isPending && !section.conflict),
    );

  /* Forget what is over, and what was begun in another session and waits for nothing. */
  const sweepForms = async (owner) => {
    await inStore("forms", "readwrite", (store) => {
      store.getAll().onsuccess = (event) => {
        for (const form of event.target.result) {
          if (isOver(form) || (owner && form.owner && form.owner !== owner && !isPending(form))) store.delete(form.name);
        }
      };
    });
  };

  /* --- what is kept ------------------------------------------------------------------------------------------------ */

  const tidyBody = (body) => {
    const values = new URLSearchParams(body);
    for (const name of OWN_FIELDS) values.delete(name);
    return values.toString();
  };

  /* Keep what a section posts, before it is sent; `isTried`: it is on its way, and may come though no answer does. */
  const keepSection = (service, draft, sectionName, body, isTried) =>
    changeForm(service, draft, (form) => {
      const tidyText = tidyBody(body);
      const former = form.sections[sectionName];
      const tried = former && former.isPending ? [...former.tried] : [];
      if (isTried) tried.push(tidyText);
      form.sections[sectionName] = {
        body: tidyText,
        isPending: true,
        base: former && former.isPending ? former.base : form.bases[sectionName],
        tried: [...new Set(tried)].slice(-MOST_TRIES),
        conflict: null,
        typing: null,
        typedAt: new Date().toISOString(),
      };
      form.sent = null;
    });

  const keepTyping = (service, draft, sectionName, body) =>
    changeForm(service, draft, (form) => {
      const former = form.sections[sectionName] || {
        body: null, isPending: false, base: form.bases[sectionName], tried: [], conflict: null, typedAt: "",
      };
      form.sections[sectionName] = { ...former, typing: { body: tidyBody(body), base: form.bases[sectionName] } };
    });

  /* The server answered a section: it has it. */
  const noteSaved = (service, draft, sectionName, body) =>
    changeForm(service, draft, (form) => {
      const section = form.sections[sectionName];
      if (section && section.body === tidyBody(body)) Object.assign(section, { isPending: false, tried: [] });
      if (!form.savedSections.includes(sectionName)) form.savedSections.push(sectionName);
    });

  /* Let a form that became a request meanwhile be another one, with all that is kept: the request stays as it is. */
  const beginAgain = (form) => {
    Object.assign(form, { draft: "", key: newKey(), bases: {}, savedSections: [], sent: null, send: null });
    for (const section of Object.values(form.sections)) {
      if (section.body !== null) Object.assign(section, { isPending: true, base: undefined, tried: [], conflict: null });
    }
  };

  /* What a page of the server says of a draft. */
  const notePage = (service, draft, facts) =>
    changeForm(service, draft, (form) => {
      Object.assign(form, { owner: facts.owner, csrf: facts.csrf, bases: facts.bases, savedSections: facts.saved });
    });

  /* --- sending ----------------------------------------------------------------------------------------------------- */

  const fetchInTime = async (request, options) => {
    const abandoning = new AbortController();
    const timer = setTimeout(() => abandoning.abort(), PATIENCE_MS);
    try {
      return await fetch(request, { ...options, signal: abandoning.signal });
    } finally {
      clearTimeout(timer);
    }
  };

  const describeKept = (form) => {
    const kept = new FormData();
    kept.append("csrf", form.csrf);
    kept.append("draft", form.draft);
    kept.append("key", form.key);
    for (const [name, section] of Object.entries(form.sections)) {
      if (section.body === null || section.conflict) continue;
      const { body, tried, base, isPending: is_pending, typedAt: typed_at } = section;
      kept.append("section", JSON.stringify({ name, body, tried, base: base === undefined ? null : base, is_pending, typed_at }));
    }
    if (form.applicant && (form.applicant.isPending || !form.draft)) kept.append("applicant", form.applicant.body);
    if (form.send) kept.append("send", "yes");
    return kept;
  };

  const post = async (form) => {
    const headers = { Accept: "application/json" };
    const address = `/services/${form.service}/request/offline`;
    const response = await fetchInTime(address, { method: "POST", body: describeKept(form), headers, redirect: "error" });
    const isOurs = (response.headers.get("Content-Type") || "").startsWith("application/json");
    if (!isOurs && response.status >= 500) throw new TypeError("no answer of ours");
    return isOurs ? await response.json() : { state: "refused", message: "" };
  };

  /* Every body that is sent may come though no answer does. */
  const noteTried = (form) =>
    changeForm(form.service, form.name, (stored) => {
      for (const section of Object.values(stored.sections)) {
        if (section.isPending) section.tried = [...new Set([...section.tried, section.body])].slice(-MOST_TRIES);
      }
    });

  const noteAnswer = (form, answer) =>
    changeForm(form.service, form.name, (stored) => {
      stored.refusal = answer.state === "refused" ? answer.message : "";
      if (answer.csrf) stored.csrf = answer.csrf;
      if (!answer.draft) return;
      Object.assign(stored, { draft: answer.draft, bases: answer.bases, savedSections: answer.saved, owner: answer.owner });
      const conflicts = answer.conflicts || {};
      for (const [name, section] of Object.entries(stored.sections)) {
        const sent = form.sections[name];
        if (conflicts[name]) section.conflict = { ...conflicts[name], base: answer.bases[name] };
        else if (sent && sent.body === section.body) Object.assign(section, { isPending: false, tried: [] });
      }
      if (stored.applicant && form.applicant && stored.applicant.body === form.applicant.body) stored.applicant.isPending = false;
      if (answer.state === "sent") {
        stored.sent = { code: answer.code, address: answer.address };
        stored.send = null;
      }
    });

  const alone = (work) => (navigator.locks ? navigator.locks.request("pishkhan-forms", work) : work());

  /* Send what waits of one form; the server's answer, or null where nothing waits. `TypeError`: there is no line. */
  const sendForm = (draft) =>
    alone(async () => {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const form = await findForm(draft);
        if (!form || !isPending(form)) return null;
        const answer = await post(await noteTried(form));
        await noteAnswer(form, answer);
        if (answer.state !== "again") return answer;
      }
      return { state: "refused", message: "" };
    });

  /* Send whatever waits; how many forms still do. */
  const sendAll = async () => {
    await finishEnding();
    for (const form of await listForms()) {
      if (isPending(form)) await sendForm(form.name);
    }
    return (await listForms()).filter(isPending).length;
  };

  /* --- the end of a session ---------------------------------------------------------------------------------------- */

  const wipe = async ({ withCaches }) => {
    await inStore("forms", "readwrite", (store) => store.clear());
    await writeFact("end", undefined);
    if (withCaches) await caches.delete(CACHE);
  };

  /* A session that was ended without a line is ended at the server before anything else is asked of it. */
  const finishEnding = async () => {
    const body = await readFact("end");
    if (body === undefined) return;
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    await fetchInTime("/session/end", { method: "POST", body, headers, redirect: "manual" });
    await wipe({ withCaches: false });
  };

  /* End the session without a line: nothing stays here, and the server hears of it first of all. */
  const endLater = async () => {
    const csrf = (await listForms()).map((form) => form.csrf).find(Boolean) || "";
    await wipe({ withCaches: false });
    await writeFact("end", new URLSearchParams({ csrf }).toString());
  };

  self.offlineForms = {
    CACHE, listForms, findForm, changeForm, forgetForm, sweepForms, isPending, keepSection, keepTyping, noteSaved,
    notePage, tidyBody, sendForm, sendAll, wipe, readFact, writeFact, finishEnding, endLater, beginAgain,
  };
})();
