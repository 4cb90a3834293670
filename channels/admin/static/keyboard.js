// Work by the keyboard: one letter each, while nothing is typed. Letters are taken by their place on the keyboard, so that
// a Persian layout has them too. Whoever is disturbed by them turns them off in the help («؟»), for this browser, and on
// again in the own account.
"use strict";
(() => {
  const OFF = "pishkhan-keys-off";
  const PATIENCE_MS = 1500;
  const ACCOUNT = "/staff/account";
  if (!HTMLElement.prototype.showPopover || !document.querySelector(".staff-top .who")) return;
  const isOff = () => localStorage.getItem(OFF) !== null;
  const rows = () => [...document.querySelectorAll("table.list tbody tr")].filter((row) => row.querySelector("a[href]"));

  const move = (step) => {
    const listed = rows();
    const here = listed.findIndex((row) => row.contains(document.activeElement));
    const next = listed[here < 0 ? (step > 0 ? 0 : listed.length - 1) : here + step];
    next?.querySelector("a[href]").focus();
    next?.scrollIntoView({ block: "nearest" });
  };

  const tick = () => document.activeElement.closest("table.list tbody tr")?.querySelector("input[type=checkbox]")?.click();

  const keys = {
    Slash: () => document.getElementById("find")?.focus(),
    KeyJ: () => move(1),
    KeyK: () => move(-1),
    KeyX: tick,
    "KeyG KeyQ": () => location.assign("/staff"),
  };

  let before = { code: "", at: 0 };
  const findKey = ({ code, timeStamp }) => {
    const pair = timeStamp - before.at < PATIENCE_MS ? keys[`${before.code} ${code}`] : null;
    before = { code, at: timeStamp };
    return pair || keys[code];
  };

  // What the keys do stands in the own account; every other page fetches it from there, and lays it over itself.
  const prepareHelp = (card) => {
    const button = card.querySelector("button");
    const turnOff = button.textContent;
    const show = () => (button.textContent = isOff() ? card.dataset.on : turnOff);
    button.addEventListener("click", () => {
      if (isOff()) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "yes");
      show();
    });
    show();
    card.hidden = false;
    return card;
  };

  const fetchHelp = async () => {
    const answer = await fetch(ACCOUNT, { redirect: "error" });
    const account = new DOMParser().parseFromString(await answer.text(), "text/html");
    const card = prepareHelp(document.importNode(account.getElementById("keyboard"), true));
    card.popover = "auto";
    document.querySelector(".container.staff").append(card);
    return card;
  };

  const ownHelp = document.getElementById("keyboard");
  let help = ownHelp && Promise.resolve(prepareHelp(ownHelp));
  const showHelp = async () => {
    const card = await (help ||= fetchHelp());
    if (card.popover) card.togglePopover();
    else card.scrollIntoView();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
    if (isOff()) return;
    if (event.key === "?" || event.key === "؟") {
      event.preventDefault();
      showHelp().catch(() => location.assign(`${ACCOUNT}#keyboard`));
      return;
    }
    const isCovered = document.querySelector(":popover-open"); // nobody moves in a list that lies under something
    const act = isCovered || event.shiftKey ? null : findKey(event);
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
