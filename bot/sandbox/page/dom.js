/** Building nodes. Text only ever becomes text: nothing here parses HTML. */

const SVG = "http://www.w3.org/2000/svg";

/** A node: `onclick` and friends are listeners, the rest attributes; empty children are left out. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) assign(node, name, value);
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function assign(node, name, value) {
  if (typeof value === "function") node.addEventListener(name.slice(2), value);
  else if (name.startsWith("aria-") && value !== undefined && value !== null) node.setAttribute(name, value);
  else if (name === "value" && value !== undefined) node.value = value;
  else if (value !== undefined && value !== null && value !== false)
    node.setAttribute(name, value === true ? "" : value);
}

const STROKES = {
  hash: "M5 9h15M4 15h15M10 3 8 21M16 3l-2 18",
  lock: "M6 11h12v9H6zM9 11V7a3 3 0 0 1 6 0v4",
  bolt: "M13 2 5 13.5h6L10 22l9-12.5h-6.5z",
  eye: "M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
  send: "M4 12 3 4l18 8-18 8 1-8zm0 0h8",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  menu: "M4 6h16M4 12h16M4 18h16",
  sliders: "M4 7h9M19 7h1M4 17h1M11 17h9M16 4v6M8 14v6",
  chevron: "m7 10 5 5 5-5",
  dots: "M5 12h.01M12 12h.01M19 12h.01",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  check: "m5 12.5 4.5 4.5L19 7.5",
  warning: "M12 4 2.5 20h19zM12 10v4.5M12 17.3v.2",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5.5M12 7.7v.2",
  reply: "M10 8V4L3 11l7 7v-4c5 0 8.5 1.5 11 5-.5-6-4-11-11-11z",
  down: "M12 5v14m-6-6 6 6 6-6",
  home: "M4 11 12 4l8 7v9h-5.5v-6h-5v6H4z",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 21c.6-4 3.6-6 8-6s7.4 2 8 6",
  back: "m14 6-6 6 6 6",
  arrow: "M4 12h16m-6-6 6 6-6 6",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4",
  key: "M8 11.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8m3 1L20 4m-4 4 3 3",
  wrench: "M14 7a4.5 4.5 0 0 1 6-1.5l-3 3 .5 2 2 .5 1.5-2.5a4.5 4.5 0 0 1-6 6L8 20.5 4 17l7-6.5",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13m5 11.5L21 21",
  hourglass: "M7 3h10M7 21h10M8 3c0 5 8 5 8 9s-8 4-8 9m8 0c0-5-8-5-8-9s8-4 8-9",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1m2 4a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
};

/** A line icon of 24 units, silent to screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", STROKES[name]);
  svg.append(path);
  return svg;
}

/** Make `nodes` the children of `parent`; a node that is in its place stays untouched. */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (parent.childNodes[index] !== node) parent.insertBefore(node, parent.childNodes[index] ?? null);
  });
}

/** Draw `container` again when what it shows (`seen`) is new; focus stays on the same `data-key`. */
export function refresh(container, seen, draw) {
  const signature = JSON.stringify(seen);
  if (container.signature === signature || container.querySelector("input[type=range]:active")) return;
  container.signature = signature;
  const key = container.contains(document.activeElement) && document.activeElement.dataset.key;
  container.replaceChildren(...[draw()].flat());
  if (key) container.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

/** Where the focus is; a node that is drawn again counts as the same one. */
export function focused() {
  return document.activeElement.dataset.key ?? document.activeElement;
}

let drawn = 0;

/** An id that no other node of the page has. */
export function freshId(prefix) {
  drawn += 1;
  return `${prefix}-${drawn}`;
}

/** A rounded square with initials, or with a bolt for the app. */
export function avatar(person) {
  const node = h("span", { class: `avatar avatar-${person.role}`, "aria-hidden": "true" });
  node.style.setProperty("--hue", (person.name.codePointAt(0) * 137.5) % 360);
  node.append(person.role === "bot" ? icon("bolt") : person.name.slice(0, 1).toUpperCase());
  return node;
}

/** A button that shows only an icon, named for screen readers and on hover. */
export function iconButton(name, label, onclick, props = {}) {
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...props },
    icon(name),
  );
}
