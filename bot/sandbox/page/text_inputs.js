/** Inputs in which people type: text, addresses, numbers. */

import { h } from "./dom.js";

const KINDS = {
  plain_text_input: {},
  url_text_input: { inputmode: "url" },
  email_text_input: { inputmode: "email" },
  number_input: { inputmode: "decimal" },
};

/**
 * Reports `{value}` after every change, null for nothing typed. Where the app listens to the Enter
 * key, what is typed `waits` for it.
 */
export function drawTextInput({ element, block, state, attributes, report }) {
  const heard = heardKeys(element, block);
  const waits = heard.length > 0 && !heard.includes("on_character_entered");
  const props = {
    ...attributes,
    ...KINDS[element.type],
    class: "text-input",
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    value: (state ? state.value : element.initial_value) ?? "",
  };
  const input = element.multiline ? h("textarea", { ...props, rows: 4 }) : h("input", { ...props, type: "text" });
  const tell = (how) => report({ value: input.value || null }, how);
  input.addEventListener("input", () => tell({ waits }));
  const onEnter = !element.multiline && heard.includes("on_enter_pressed");
  if (onEnter) input.addEventListener("keydown", (event) => sendOnEnter(event, tell));
  return input;
}

function heardKeys(element, block) {
  if (!block.dispatch_action) return [];
  return element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
}

function sendOnEnter(event, tell) {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  tell({ now: true });
}
