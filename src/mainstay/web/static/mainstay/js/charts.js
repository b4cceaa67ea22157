// Draws every [data-chart] from the specification beside it, in the colours of the theme at hand.
// No inline styles and no eval: Vega interprets its expressions, the tooltip is ours.

const drawn = new Map();
const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);

function colour(token) {
  probe.style.color = `var(${token})`;
  return getComputedStyle(probe).color;
}

// Every value that is the name of a token becomes its colour
function coloured(value) {
  if (typeof value === "string") return value.startsWith("--") ? colour(value) : value;
  if (Array.isArray(value)) return value.map(coloured);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, coloured(item)]));
}

function config() {
  const style = getComputedStyle(document.body);
  const size = Number.parseFloat(style.fontSize) * 0.857;
  const ink = colour("--ink-2");
  return {
    background: "transparent",
    font: style.fontFamily,
    padding: { left: 2, right: 8, top: 8, bottom: 2 },
    view: { stroke: null },
    axis: {
      domainColor: colour("--line-strong"),
      gridColor: colour("--chart-grid"),
      tickColor: colour("--line-strong"),
      labelColor: ink,
      labelFontSize: size,
      labelPadding: 6,
      tickSize: 4,
      titleColor: ink,
      titleFontSize: size,
      titleFontWeight: 400,
      titlePadding: 10,
    },
    axisX: { grid: false },
    axisY: { domain: false, ticks: false },
    text: { fontSize: size },
  };
}

// The tooltip: one box for all charts, moved by its style object, which the content-security policy allows
const tip = document.createElement("div");
tip.className = "chart-tip";
tip.hidden = true;
tip.setAttribute("aria-hidden", "true");
document.body.append(tip);

// A curve's nearest point wraps its row
const rowOf = (item) => item?.datum?.datum ?? item?.datum;

function showTip(fields, event, item, value) {
  const row = value ? rowOf(item) : null;
  const rows = fields.map(([field, title]) => [title, row?.[field]]).filter(([, text]) => text);
  tip.hidden = rows.length === 0;
  if (tip.hidden) return;
  const list = document.createElement("dl");
  for (const [title, text] of rows) {
    const term = document.createElement("dt");
    const figure = document.createElement("dd");
    term.textContent = title;
    figure.textContent = text;
    list.append(term, figure);
  }
  tip.replaceChildren(list);
  event.target.ownerSVGElement?.classList.toggle("leads", Boolean(row.href));
  const right = event.clientX + 16 + tip.offsetWidth < innerWidth;
  const x = right ? event.clientX + 16 : event.clientX - 16 - tip.offsetWidth;
  const y = Math.min(event.clientY + 12, innerHeight - tip.offsetHeight - 8);
  tip.style.transform = `translate(${Math.max(8, x)}px, ${Math.max(8, y)}px)`;
}

function follow(_event, item) {
  const href = rowOf(item)?.href;
  if (!href) return;
  const address = new URL(href, location.href);
  if (address.origin === location.origin) location.assign(address);
}

async function draw(element) {
  const source = document.getElementById(element.dataset.chart);
  if (!source) return;
  try {
    if (!window.vegaEmbed) await import(element.dataset.vega);
    drawn.get(element)?.finalize();
    const spec = coloured(JSON.parse(source.textContent));
    const fields = spec.usermeta?.tips ?? [];
    const result = await window.vegaEmbed(element, spec, {
      actions: false,
      ast: true,
      config: config(),
      defaultStyle: false,
      renderer: "svg",
      tooltip: (_handler, event, item, value) => showTip(fields, event, item, value),
    });
    result.view.addEventListener("click", follow);
    drawn.set(element, result);
    element.dataset.drawn = "";
  } catch (error) {
    console.error(error);
    element.classList.add("chart-failed");
    element.textContent = element.dataset.failed;
  }
}

// A chart is drawn when it comes near the screen
const watch = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watch.unobserve(target);
      draw(target);
    }
  },
  { rootMargin: "400px" },
);

function find(within = document) {
  for (const element of within.querySelectorAll("[data-chart]")) {
    if (!drawn.has(element)) watch.observe(element);
  }
}

function redraw() {
  for (const element of [...drawn.keys()]) draw(element);
}

function forget() {
  for (const [element, result] of drawn) {
    if (element.isConnected) continue;
    result.finalize();
    drawn.delete(element);
  }
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
document.addEventListener("htmx:afterSettle", () => {
  forget();
  find();
});
document.addEventListener("scroll", () => (tip.hidden = true), { passive: true });
find();
