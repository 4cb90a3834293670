/* The page that works without a line: the empty form of a service, filled in with what this browser keeps, question by
   question to the summary; and the list of all that is kept. Once there is a line it sends, and leads to the pages of
   the server. */
(() => {
  "use strict";

  const forms = self.offlineForms;
  const fields = self.offlineFields;
  const { listWaiting } = self.offlinePapers;
  const { root, service, sections, template, text, address, quietly, readPlace, say, show } = self.offlineScreen;
  const { hasPapers, listPapers, showPapers, finishKeeping, addPaperSummary } = self.offlinePaperPage;
  const { RETRY_MS } = self.keptLine;

  /* --- a question -------------------------------------------------------------------------------------------------- */

  const openSection = (name) => {
    const content = template(`section-${name}`).content.cloneNode(true);
    fields.offerDays(content, text("today"), text("tomorrow"));
    return content;
  };

  const hideEmptyRows = (form) => {
    const more = form.querySelector("[data-more]");
    if (!more) return;
    const rows = [...form.querySelectorAll(".row")];
    const isFilled = (row) => [...row.querySelectorAll("input, select")].some((control) => control.value);
    const last = Math.max(2, rows.map(isFilled).lastIndexOf(true) + 1);
    rows.forEach((row, place) => {
      row.hidden = place > last;
    });
    more.hidden = rows.every((row) => !row.hidden);
    more.onclick = () => {
      rows.filter((row) => row.hidden).slice(0, 3).forEach((row) => {
        row.hidden = false;
      });
      more.hidden = rows.every((row) => !row.hidden);
    };
  };

  const previousOf = (draft, name) => {
    const place = sections.indexOf(name);
    return place > 0 ? address(draft, `form/${sections[place - 1]}`) : address(draft, "summary");
  };

  /* What follows a section: the next one, then the page of papers until it was left once, then the summary. */
  const followingOf = (draft, name, form) => {
    const following = sections[sections.indexOf(name) + 1];
    if (following) return address(draft, `form/${following}`);
    const isLeft = form && (form.isPapersLeft || form.savedSections.includes("papers"));
    return address(draft, hasPapers && !isLeft ? "papers" : "summary");
  };

  const showConflict = (content, place, kept) => {
    const notice = template("conflict").content.cloneNode(true);
    const list = notice.querySelector("dl");
    for (const [label, value] of kept.conflict.answers) {
      const [term, answer] = [document.createElement("dt"), document.createElement("dd")];
      [term.textContent, answer.textContent] = [label, value];
      list.append(term, answer);
    }
    const decide = (change) => async () => {
      await forms.changeForm(service, place.draft, (form) => change(form, place.section));
      location.hash = address(place.draft, "summary");
      goOn();
    };
    notice.querySelector("[data-mine]").onclick = decide((form, name) => {
      if (form.sent) {
        forms.beginAgain(form);
        return;
      }
      Object.assign(form.sections[name], { base: form.sections[name].conflict.base, conflict: null, isPending: true });
    });
    notice.querySelector("[data-theirs]").onclick = decide((form, name) => {
      delete form.sections[name];
    });
    content.querySelector("form").before(notice);
  };

  let timer = 0;
  let typing = null;

  const keepTyped = async () => {
    clearTimeout(timer);
    const keep = typing;
    typing = null;
    if (keep) await keep();
  };

  const watchForm = (content, place) => {
    const form = content.querySelector("form");
    const readBody = () => new URLSearchParams(new FormData(form)).toString();
    form.oninput = () => {
      typing = () => forms.keepTyping(service, place.draft, place.section, readBody());
      clearTimeout(timer);
      timer = setTimeout(keepTyped, 300);
    };
    form.onsubmit = async (event) => {
      event.preventDefault();
      typing = null;
      const kept = await forms.keepSection(service, place.draft, place.section, readBody(), false);
      if (!kept) {
        location.hash = "ended";
        return;
      }
      const isLater = event.submitter && event.submitter.name === "later";
      location.hash = isLater ? address(kept.name, "kept") : followingOf(kept.name, place.section, kept);
      goOn();
    };
  };

  const showSection = async (place) => {
    const form = await forms.findForm(place.draft);
    const kept = form && form.sections[place.section];
    if (place.step) {
      location.replace(place.step === "kept" ? address(place.draft, "kept") : followingOf(place.draft, place.section, form));
      return;
    }
    const content = openSection(place.section);
    const isElsewhere = !kept && form && form.savedSections.includes(place.section);
    content.querySelector("[data-elsewhere]").hidden = !isElsewhere;
    content.querySelector(".back a").href = previousOf(place.draft, place.section);
    if (kept && kept.conflict) showConflict(content, place, kept);
    const title = content.querySelector("h1").textContent;
    watchForm(content, place);
    show(content, title);
    const shown = root.querySelector("form");
    if (kept) fields.fill(shown, kept.typing ? kept.typing.body : kept.body || "");
    hideEmptyRows(shown);
  };

  const showApplicant = async (place) => {
    const form = await forms.findForm(place.draft);
    const content = template("applicant").content.cloneNode(true);
    content.querySelector(".back a").href = address(place.draft, "summary");
    content.querySelector("form").onsubmit = async (event) => {
      event.preventDefault();
      const body = new URLSearchParams(new FormData(event.target)).toString();
      await forms.changeForm(service, place.draft, (stored) => {
        stored.applicant = { body, isPending: true };
      });
      location.hash = address(place.draft, "summary");
    };
    show(content, content.querySelector("h1").textContent);
    if (form && form.applicant) fields.fill(root.querySelector("form"), form.applicant.body);
  };

  /* --- the summary ------------------------------------------------------------------------------------------------- */

  const addAnswer = (list, label, words) => {
    const [row, term, answer] = [document.createElement("div"), document.createElement("dt"), document.createElement("dd")];
    [term.textContent, answer.textContent] = [label, words];
    row.append(term, answer);
    list.append(row);
  };

  /* Add what a section says to the summary; whether something that must be said is missing. */
  const addSection = (list, form, name, draft) => {
    const content = openSection(name);
    const part = template("summary-section").content.cloneNode(true);
    const kept = form.sections[name];
    part.querySelector("h2").textContent = content.querySelector("h1").textContent;
    part.querySelector("a").href = address(draft, `form/${name}`);
    part.querySelector("a .unseen").textContent = content.querySelector("h1").textContent;
    const answers = part.querySelector("dl");
    let isMissing = false;
    const isElsewhere = (!kept || kept.body === null) && form.savedSections.includes(name);
    if (kept && kept.body !== null) fields.fill(content.querySelector("form"), kept.body);
    for (const field of content.querySelectorAll(".field[data-label]")) {
      const words = fields.describe(field);
      isMissing = isMissing || (!isElsewhere && fields.isMissing(field));
      if (words) addAnswer(answers, field.dataset.label, words);
      else if (isElsewhere) addAnswer(answers, field.dataset.label, text("elsewhere"));
      else if (field.hasAttribute("data-required")) addAnswer(answers, field.dataset.label, text("none"));
    }
    part.querySelector("[data-conflict]").hidden = !(kept && kept.conflict);
    list.append(part);
    return isMissing;
  };

  const addApplicant = (part, form, draft) => {
    part.querySelector("[data-applicant-link]").href = address(draft, "applicant");
    const choices = template("applicant").content.cloneNode(true).querySelector("form");
    fields.fill(choices, form.applicant ? form.applicant.body : "relation=self");
    const words = [...choices.querySelectorAll("input:checked, input[name=represented_name]")].map((control) =>
      control.type === "radio" ? control.closest("label").textContent.trim() : control.value.trim());
    part.querySelector("[data-applicant]").textContent = words.filter(Boolean).join(": ");
  };

  const showSummary = async (place) => {
    const form = await forms.findForm(place.draft);
    if (!form) {
      location.replace("#");
      return;
    }
    const content = template("summary").content.cloneNode(true);
    const list = content.querySelector("[data-sections]");
    const missing = sections.map((name) => addSection(list, form, name, place.draft)).some(Boolean);
    addPaperSummary(content, form, place.draft);
    addApplicant(content, form, place.draft);
    content.querySelector("[data-ready]").hidden = missing || !form.send;
    content.querySelector("[data-missing]").hidden = !missing;
    const sending = content.querySelector("form");
    sending.hidden = missing || Boolean(form.send);
    sending.onsubmit = async (event) => {
      event.preventDefault();
      const mobile = new FormData(event.target).get("mobile");
      await forms.changeForm(service, place.draft, (stored) => {
        stored.send = { mobile };
      });
      await render();
      await goOnline();
    };
    content.querySelector("[data-unsend]").hidden = !form.send;
    content.querySelector("[data-unsend]").onclick = async () => {
      await forms.changeForm(service, place.draft, (stored) => {
        stored.send = null;
      });
      await render();
    };
    const title = text(form.send && !missing ? "ready_title" : "summary_title");
    content.querySelector("h1").textContent = title;
    show(content, title);
    if (form.refusal) say("refused", { reason: form.refusal });
  };

  /* --- where one begins, and what is kept -------------------------------------------------------------------------- */

  const addRows = (list, kept) => {
    for (const form of kept) {
      const row = template("kept-row").content.cloneNode(true);
      const title = template("titles").content.querySelector(`[data-service="${form.service}"]`);
      row.querySelector("strong").textContent = title ? title.textContent.trim() : form.service;
      const page = form.sent ? "papers" : "summary";
      row.querySelector("a").href = `/services/${form.service}/request/offline${address(form.name, page)}`;
      row.querySelector("small").textContent = text(form.send ? "waits" : "unsent");
      list.append(row);
    }
  };

  const showBegin = async () => {
    const content = template("begin").content.cloneNode(true);
    const kept = (await forms.listForms()).filter((form) => (!service || form.service === service) && (!form.sent || form.papers.length));
    addRows(content.querySelector("ul.draft-list"), kept);
    content.querySelector("[data-kept]").hidden = !kept.length;
    const ended = content.querySelector("[data-ended]");
    if (ended) ended.hidden = location.hash !== "#ended";
    const starting = content.querySelector("[data-begin]");
    if (starting) {
      starting.onclick = async () => {
        const begun = await forms.changeForm(service, "", () => {});
        location.hash = address(begun.name, `form/${sections[0]}`);
      };
    } else {
      const cache = await caches.open(forms.CACHE);
      for (const link of content.querySelectorAll("[data-shell]")) {
        link.closest("li").hidden = !(await cache.match(link.getAttribute("href")));
      }
    }
    show(content, content.querySelector("h1").textContent);
  };

  const showKept = async (place) => {
    const content = template("kept").content.cloneNode(true);
    content.querySelector("a").href = address(place.draft, "summary");
    show(content, content.querySelector("h1").textContent);
  };

  const showEnd = async () => {
    const content = template("end").content.cloneNode(true);
    content.querySelector("button").onclick = async () => {
      await forms.endLater();
      location.replace("/offline#ended");
      if (!service) await render();
    };
    show(content, content.querySelector("h1").textContent);
  };

  const render = async () => {
    const place = readPlace();
    if (place.draft === "end") {
      await showEnd();
      return;
    }
    const pages = {
      form: showSection, papers: (opened) => showPapers(opened, goOn), applicant: showApplicant, summary: showSummary, kept: showKept,
    };
    await (pages[place.page] && service ? pages[place.page](place) : showBegin());
  };

  /* --- the line ---------------------------------------------------------------------------------------------------- */

  /* Ask the server to send the form: it asks for the code, and makes the request. Only before the eyes of somebody. */
  const sendByHand = async (form, answer) => {
    if (document.visibilityState !== "visible") return;
    await forms.changeForm(service, form.name, (stored) => {
      stored.send = null; // where this does not come through, the worker keeps it again
    });
    const sending = document.createElement("form");
    sending.method = "post";
    sending.action = `/services/${service}/request/${answer.draft}/submit`;
    for (const [name, value] of [["csrf", answer.csrf], ["mobile", form.send.mobile]]) {
      const input = document.createElement("input");
      [input.type, input.name, input.value] = ["hidden", name, value];
      sending.append(input);
    }
    document.body.append(sending);
    sending.submit();
  };

  const hasLine = async () => {
    const response = await fetch("/offline-worker.js", { method: "HEAD", cache: "no-store" });
    if (!response.ok) throw new TypeError("nobody answers");
    return true;
  };

  const follow = async (place, answer) => {
    const form = await forms.findForm(place.draft);
    if (!form) return;
    const conflicting = sections.find((name) => form.sections[name] && form.sections[name].conflict);
    if (conflicting) location.hash = address(place.draft, `form/${conflicting}`);
    else if (isStopped(form)) await showStopped(place, form);
    else if (form.sent) location.replace(form.sent.address);
    else if (answer && answer.state === "refused") say("refused", { reason: answer.message });
    else if (answer && answer.state === "later") {
      say(answer.message ? "refused" : "gone", { reason: answer.message });
      setTimeout(() => quietly(goOnline()), 15000);
    }
    else if (form.send && answer && answer.may_send) await sendByHand(form, answer);
    else if (form.draft && (answer || (await hasLine()))) location.replace(`/services/${service}/request/${form.draft}/${onServer(place, answer, form)}`);
  };

  /* Files that the server refused, or that were left behind by their form: somebody has to look at them first. */
  const isStopped = (form) => form.papers.some((paper) => paper.isRefused || form.sent);

  const showStopped = async (place, form) => {
    const refused = form.papers.find((paper) => paper.isRefused);
    say(refused ? "paper_refused" : "", { reason: refused && refused.refusal });
    if (place.page !== "papers") location.hash = address(place.draft, "papers");
    else if (form.sent && root.querySelector("[data-sent]").hidden) await showPapers(place, goOn);
    else await listPapers(place, goOn);
  };

  const onServer = (place, answer, form) => {
    if (answer && answer.is_restarted) return `form/${(place.page === "form" && place.section) || sections[0]}?restarted=1`;
    if (place.page === "papers") return "papers";
    if ((answer && answer.has_faults) || form.isPapersLeft) return "summary";
    return place.page === "form" && !place.step ? `form/${place.section}` : "continue";
  };

  const reachesServer = () =>
    fetch("/", { method: "HEAD", cache: "no-store" }).then((answer) => answer.ok, () => false);

  const goOnline = async () => {
    const place = readPlace();
    if (!service || !place.draft) {
      await forms.sendAll();
      if (!service && (await reachesServer())) say("back");
      return;
    }
    try {
      await keepTyped();
      await finishKeeping();
      await forms.finishEnding();
      const form = await forms.findForm(place.draft);
      if (form && listWaiting(form).length) say("sending_papers");
      const answer = await forms.sendForm(place.draft);
      await follow(place, answer);
    } catch (error) {
      say("gone");
    }
  };

  const goOn = () => {
    if (navigator.onLine) quietly(goOnline());
  };

  /* What a phone says of its line is not always so: a server may be away, or a line be there in name alone. */
  const tryAgain = () => {
    if (navigator.onLine && document.visibilityState === "visible") quietly(goOnline());
  };

  const begin = async () => {
    await forms.sweepForms("");
    await render();
    say("gone");
    if (navigator.onLine) await goOnline();
  };

  self.addEventListener("hashchange", () => quietly(render()));
  self.addEventListener("online", () => quietly(goOnline()));
  self.addEventListener("offline", () => say("gone"));
  setInterval(tryAgain, RETRY_MS);
  quietly(begin());
})();
