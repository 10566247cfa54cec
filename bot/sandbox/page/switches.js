/** Rows of the panel: something to switch, or something to do. */

import { freshId, h } from "./dom.js";

/** A row with a switch; `bad` colours it while it is on. */
export function drawSwitch({ title, about, on, bad = false, onChange }) {
  const id = freshId("switch");
  const props = {
    type: "button",
    role: "switch",
    class: bad ? "switch bad" : "switch",
    "aria-checked": String(on),
    "aria-labelledby": id,
    "data-key": title,
    onclick: () => onChange(!on),
  };
  return h("li", { class: "row" }, drawWords(title, about, id), h("button", props, h("span", { class: "knob" })));
}

/** A row with a button. */
export function drawRow({ title, about, label, run, disabled = false }) {
  const id = freshId("row");
  const props = {
    type: "button",
    class: "button small",
    "aria-describedby": id,
    "data-key": title,
    disabled,
    onclick: run,
  };
  return h("li", { class: "row" }, drawWords(title, about, id), h("button", props, label));
}

/** A row with several buttons that stay pressed. */
export function drawToggles({ title, toggles }) {
  const buttons = toggles.map(({ label, on, bad, disabled, onChange }) =>
    h(
      "button",
      {
        type: "button",
        class: bad ? "toggle bad" : "toggle",
        "aria-pressed": String(on),
        "data-key": `${title} ${label}`,
        disabled,
        onclick: () => onChange(!on),
      },
      label,
    ));
  return h(
    "li",
    { class: "row", role: "group", "aria-label": title },
    drawWords(title),
    h("span", { class: "toggles" }, buttons),
  );
}

function drawWords(title, about, id) {
  return h("span", { class: "row-words" }, h("span", { id }, title), about && h("small", {}, about));
}
