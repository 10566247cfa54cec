/** Inputs in which people type: text, addresses, numbers. */

import { h } from "./dom.js";

const KINDS = {
  plain_text_input: {},
  url_text_input: { inputmode: "url" },
  email_text_input: { inputmode: "email" },
  number_input: { inputmode: "decimal" },
};

/** Reports `{value}` after every change, null for nothing typed. Enter says so where an app listens. */
export function drawTextInput({ element, state, attributes, report }) {
  const props = {
    ...attributes,
    ...KINDS[element.type],
    class: "text-input",
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    autofocus: element.focus_on_load,
    value: (state ? state.value : element.initial_value) ?? "",
  };
  const input = element.multiline ? h("textarea", { ...props, rows: 4 }) : h("input", { ...props, type: "text" });
  const tell = (circumstances) => report({ value: input.value || null }, circumstances);
  input.addEventListener("input", () => tell());
  if (!element.multiline && listensToEnter(element)) input.addEventListener("keydown", (event) => sendOnEnter(event, tell));
  return input;
}

function listensToEnter(element) {
  return element.dispatch_action_config?.trigger_actions_on?.includes("on_enter_pressed") ?? false;
}

function sendOnEnter(event, tell) {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  tell({ pressedEnter: true });
}
