/** A small question in front of everything; the browser's dialog keeps focus inside. */

import { h } from "./dom.js";

/** Resolves to whether the person said yes. `text`: a string or nodes. */
export async function ask({ title, text, yes = "Yes", no = "Cancel", danger = false }) {
  return (await open({ title, body: h("p", {}, text), yes, no, danger })) !== null;
}

/** Resolves to what was typed, or null. */
export async function askText({ title, label, value, yes }) {
  const input = h(
    "input",
    { class: "text-input", name: "answer", value, autocomplete: "off", spellcheck: "false", autofocus: true },
  );
  const answer = await open({ title, body: h("label", {}, label, input), yes, no: "Cancel" });
  return answer === null ? null : input.value.trim() || null;
}

function open({ title, body, yes, no, danger }) {
  const deny = h("button", { type: "button", class: "button", onclick: () => dialog.close("no") }, no);
  const accept = h("button", { class: `button ${danger ? "danger" : "primary"}`, value: "yes" }, yes);
  const form = h(
    "form",
    { method: "dialog" },
    h("h2", {}, title ?? "Are you sure?"),
    body,
    h("footer", {}, deny, accept),
  );
  const dialog = h("dialog", { class: "ask" }, form);
  document.body.append(dialog);
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? "yes" : null);
    });
  });
}
