/** A sentence over everything, for a few seconds. */

import { h } from "./dom.js";

const SHOWN = 6000;

export function toast(text) {
  const node = h("div", { class: "toast", role: "alert" }, text);
  document.body.append(node);
  setTimeout(() => node.remove(), SHOWN);
}
