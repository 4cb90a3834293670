// Leaves for the bank by itself, in place of this page: the way back from the bank leads to the bill.
const exit = document.querySelector("[data-leave]");
if (exit instanceof HTMLFormElement) {
  exit.submit();
} else if (exit instanceof HTMLAnchorElement) {
  location.replace(exit.href);
}
