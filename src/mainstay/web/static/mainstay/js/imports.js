// Imports: a zone to drop files on, what was chosen, how far the upload is. Without it the plain form does the same.

const MIB = 1 << 20;
const zone = () => document.querySelector("[data-drop]");

function size(bytes) {
  const unit = bytes >= 1e9 ? "gigabyte" : bytes >= 1e6 ? "megabyte" : "kilobyte";
  const value = bytes / { gigabyte: 1e9, megabyte: 1e6, kilobyte: 1e3 }[unit];
  const style = { style: "unit", unit, maximumFractionDigits: value < 10 ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(value);
}

// Names of files are text, never HTML
function showChosen(input) {
  const list = input.closest("[data-drop]").querySelector("[data-chosen]");
  const files = [...input.files];
  // Of a single one the browser tells the name itself.
  const shown = (files.length > 1 ? files : []).slice(0, 8).map((file) => {
    const item = document.createElement("li");
    item.textContent = `${file.name} · ${size(file.size)}`;
    return item;
  });
  if (shown.length && files.length > shown.length) {
    const rest = document.createElement("li");
    rest.textContent = `+ ${files.length - shown.length}`;
    shown.push(rest);
  }
  list.replaceChildren(...shown);
  const form = input.form;
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  input.setCustomValidity(bytes > Number(form.dataset.limit) * MIB ? form.dataset.tooLarge : "");
}

// A change within these asks for nothing by itself: it is part of what a button sends
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-no-change]")) event.stopPropagation();
}, true);

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-drop] input[type=file]")) showChosen(event.target);
});

for (const [name, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(name, (event) => {
    const target = zone();
    if (!target || !event.dataTransfer?.types.includes("Files")) return;
    target.classList.toggle("is-over", over && target.contains(event.target));
    // A file dropped beside the zone would replace the page.
    if (!target.contains(event.target)) event.preventDefault();
  });
}

document.addEventListener("htmx:xhr:progress", (event) => {
  const form = event.target.closest("[data-upload]");
  const { loaded, total, lengthComputable } = event.detail;
  if (!form || !lengthComputable || !total) return;
  const bar = form.querySelector("[data-progress] progress");
  const figure = form.querySelector("[data-progress] .figure");
  bar.max = total;
  bar.value = loaded;
  figure.textContent = `${size(loaded)} / ${size(total)}`;
});
