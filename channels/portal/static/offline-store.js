/* What this browser keeps of forms that were begun here, and how it is sent once there is a line. Pages, the page that
   works without a line, and the worker use it (docs/portal.md, «Offline»). Nothing of a page is kept: only what was
   typed and posted in this browser, until it is over or «پایان کار در این رایانه» wipes it. */
(() => {
  "use strict";

  const { fetchInTime, postKept, newKey } = self.keptLine;
  const { readFact, writeFact, isOver, listForms, findForm, changeForm, forgetForms, forgetForm, clearAll } =
    self.offlineDatabase;
  const { listWaiting, sendPapers } = self.offlinePapers;
  const CACHE = "pishkhan-forms";
  const MOST_TRIES = 3;
  const MOST_CALLS = 6;
  const OWN_FIELDS = ["csrf", "later", "more", "work_nonce"];

  const isPending = (form) =>
    Boolean(
      form.send || (form.applicant && form.applicant.isPending) || (!form.sent && listWaiting(form).length) ||
        Object.values(form.sections).some((section) => section.isPending && !section.conflict),
    );

  /* Forget what is over, and what was begun in another session and waits for nothing. */
  const sweepForms = (owner) =>
    forgetForms((form) => isOver(form) || Boolean(owner && form.owner && form.owner !== owner && !isPending(form)));

  /* The request of a form was made, and its page shown: forget it, unless files of it lie here that did not go along;
     whether they do. */
  const finishForm = async (draft) => {
    const form = await findForm(draft);
    if (!form || !form.papers.length) {
      await forgetForm(draft);
      return false;
    }
    await changeForm(form.service, form.name, (stored) => {
      stored.sent ||= { code: "", address: `/services/${form.service}/request/${draft}/done` };
      stored.send = null;
    });
    return true;
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
    if (form.send && !form.papers.length) kept.append("send", "yes"); // the request takes its files along
    return kept;
  };

  const post = (form) => postKept(`/services/${form.service}/request/offline`, describeKept(form));

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

  const noteLater = async (form, answer, message) => {
    await changeForm(form.service, form.name, (stored) => {
      stored.refusal = message;
    });
    return { ...answer, state: "later", message };
  };

  /* Send the answers of a form, then its files, and then, where it is to be sent, the word to do so. The answer to the
     last of it; null: something changed meanwhile, it is to be sent once more. */
  const sendOnce = async (form) => {
    const answer = await post(await noteTried(form));
    await noteAnswer(form, answer);
    if (answer.state === "again") return null;
    if (!answer.draft || !listWaiting(form).length) return answer;
    const outcome = await sendPapers(form.name);
    if (outcome.state === "later") return noteLater(form, answer, outcome.message);
    if (outcome.state === "again" || outcome.state === "gone") return null;
    return form.send && answer.state === "kept" ? null : answer;
  };

  /* Send what waits of one form; the server's answer, or null where nothing waits. `TypeError`: there is no line. */
  const sendForm = (draft) =>
    alone(async () => {
      for (let calls = 0; calls < MOST_CALLS; calls += 1) {
        const form = await findForm(draft);
        if (!form || !isPending(form)) return null;
        const answer = await sendOnce(form);
        if (answer) return answer;
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
    await clearAll();
    if (withCaches) await caches.delete(CACHE);
  };

  /* Whether the server ended the session: it leads on then, and with any other answer the session lives. */
  const isEnding = (response) => response.type === "opaqueredirect";

  /* A session that was ended without a line is ended at the server before anything else is asked of it. Until it was,
     whatever the server answers is as good as no line (`TypeError`). */
  const finishEnding = async () => {
    if (!(await readFact("end"))) return;
    const response = await fetchInTime("/session/end", { method: "POST", redirect: "manual" });
    if (!isEnding(response)) throw new TypeError("the session was not ended");
    await writeFact("end", undefined);
  };

  /* End the session without a line: nothing stays here, and the server hears of it first of all. */
  const endLater = () => clearAll({ end: true });

  self.offlineForms = {
    CACHE, listForms, findForm, changeForm, forgetForm, finishForm, sweepForms, isPending, keepSection, keepTyping,
    noteSaved, notePage, tidyBody, sendForm, sendAll, wipe, isEnding, finishEnding, endLater, beginAgain,
  };
})();
