// What pages do beyond HTML: menus that close, keys, the folding navigation, forms that send themselves.
// Everything works without it.

const root = document.documentElement;
root.classList.add("js");

const YEAR = 365 * 24 * 3600;
const keysDialog = document.getElementById("keys");
const isTyping = (element) => element?.closest("input, textarea, select, [contenteditable]");

function remember(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR}; samesite=lax`;
}

function stored(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function store(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Storage is off: the choice lasts until the page is left.
  }
}

// Menus: one open at a time, closed by Escape and by a click elsewhere
function closeMenus(except = null) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details[data-menu]"));
  if (event.target.closest("[data-keys]")) {
    closeMenus();
    keysDialog?.showModal();
  }
  if (event.target.closest("[data-fold]")) fold();
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
  }
  const closer = event.target.closest("dialog [data-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
});

// The navigation folds to icons
function fold() {
  const folded = root.dataset.nav !== "folded";
  if (folded) root.dataset.nav = "folded";
  else delete root.dataset.nav;
  remember("nav", folded ? "folded" : "open");
  for (const button of document.querySelectorAll("[data-fold]")) {
    button.setAttribute("aria-expanded", String(!folded));
  }
  window.dispatchEvent(new Event("resize"));
}

// Keys: “/”, “g” and a letter, “?”. Whoever wants none turns them off.
let going = 0;

function onKey(event) {
  if (event.key === "Escape") {
    const open = document.querySelector("details[data-menu][open]");
    closeMenus();
    open?.querySelector("summary").focus();
    return;
  }
  const busy = event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey;
  if (busy || isTyping(event.target) || document.querySelector("dialog[open]") || stored("keys") === "off") return;
  const key = event.key.toLowerCase();
  if (going) {
    clearTimeout(going);
    going = 0;
    const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    if (link) {
      event.preventDefault();
      link.click();
    }
  } else if (key === "g") {
    going = setTimeout(() => (going = 0), 1500);
  } else if (key === "/") {
    event.preventDefault();
    document.querySelector("[data-search]")?.select();
  } else if (key === "?") {
    keysDialog?.showModal();
  }
}

document.addEventListener("keydown", onKey);

// Forms marked data-send send themselves when a choice changes. htmx does it where it is asked to (hx-trigger).
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-keys-off]")) store("keys", event.target.checked ? "off" : "on");
  const form = event.target.closest("form[data-send]");
  if (form) form.requestSubmit();
});

// A form is sent once
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || event.target.method === "dialog") return;
  if (button?.getAttribute("aria-busy") === "true") event.preventDefault();
  else button?.setAttribute("aria-busy", "true");
});

window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll('[aria-busy="true"]')) button.removeAttribute("aria-busy");
});

// A frame that scrolls sideways can be reached by the keyboard
function markScrollers(within = document) {
  for (const frame of within.querySelectorAll("[data-scroll]")) {
    const scrolls = frame.scrollWidth > frame.clientWidth + 1 || frame.scrollHeight > frame.clientHeight + 1;
    if (scrolls) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
  }
}

function settle() {
  for (const element of document.querySelectorAll("[data-fold], [data-keys]")) element.hidden = false;
  const off = document.querySelector("[data-keys-off]");
  if (off) off.checked = stored("keys") === "off";
  markScrollers();
}

document.addEventListener("htmx:afterSettle", () => markScrollers());
document.addEventListener("htmx:sendError", () => {
  const notices = document.getElementById("notices");
  const text = document.body.dataset.offline;
  if (notices && text) notices.textContent = text;
});
window.addEventListener("resize", () => markScrollers());
settle();
