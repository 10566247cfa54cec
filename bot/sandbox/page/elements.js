/** Interactive elements: each shows its state and reports the next one in the shape apps receive. */

import { ask } from "./ask.js";
import { drawDate, drawDateTime, drawTime } from "./date_inputs.js";
import { h, iconButton, freshId } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { drawSearch, drawSelect } from "./selects.js";
import { drawTextInput } from "./text_inputs.js";

const ELEMENTS = {
  button: drawButton,
  overflow: drawOverflow,
  checkboxes: (context) => drawChoices(context, "checkbox"),
  radio_buttons: (context) => drawChoices(context, "radio"),
  static_select: drawSelect,
  external_select: drawSearch,
  users_select: drawSelect,
  conversations_select: drawSelect,
  channels_select: drawSelect,
  multi_static_select: drawSelect,
  multi_external_select: drawSearch,
  multi_users_select: drawSelect,
  multi_conversations_select: drawSelect,
  multi_channels_select: drawSelect,
  plain_text_input: drawTextInput,
  url_text_input: drawTextInput,
  email_text_input: drawTextInput,
  number_input: drawTextInput,
  datepicker: drawDate,
  timepicker: drawTime,
  datetimepicker: drawDateTime,
};

/**
 * One element as a node, or undefined for a type that is not known.
 *
 * `field` is there inside an input block: ids for its label and its notes. Each drawer gets
 * `{element, block, state, attributes, directory, suggest, report}`; `suggest(text)` asks the app for
 * options, where it can be asked; `report(state, how)` says what is chosen now and returns a promise,
 * or nothing when the person declined a confirmation.
 */
export function drawElement(element, block, drawing, field) {
  const draw = ELEMENTS[element.type];
  return draw?.({
    element,
    block,
    field,
    state: drawing.values[block.block_id]?.[element.action_id],
    directory: drawing.directory,
    attributes: attributesOf(element, field),
    suggest: drawing.onSuggest && ((text) => drawing.onSuggest(block.block_id, element.action_id, text)),
    report: reporter(element, block, drawing, field),
  });
}

function attributesOf(element, field) {
  const shared = { "data-action-id": element.action_id, "data-focus": element.focus_on_load };
  if (!field) return { ...shared, "aria-label": element.placeholder?.text ?? element.accessibility_label };
  return {
    ...shared,
    id: field.id,
    "aria-describedby": field.notes,
    "aria-invalid": field.invalid ? "true" : undefined,
    "aria-required": field.optional ? undefined : "true",
  };
}

function reporter(element, block, drawing, field) {
  return async (chosen, how = {}) => {
    const state = { type: element.type, ...chosen };
    if (field) return drawing.onType(block.block_id, element.action_id, state, how);
    if (element.confirm && !(await confirmed(element.confirm, drawing.directory))) return undefined;
    return drawing.onAction(block.block_id, element.action_id, state);
  };
}

function confirmed({ title, text, confirm, deny, style }, directory) {
  const words = text?.type === "mrkdwn" ? mrkdwn(text.text, directory) : text?.text;
  return ask({ title: title?.text, text: words, yes: confirm?.text, no: deny?.text, danger: style === "danger" });
}

function drawButton({ element, attributes, report }) {
  const label = withEmoji(element.text?.text ?? "");
  const props = {
    ...attributes,
    class: `button ${element.style ?? ""}`,
    "aria-label": element.accessibility_label,
  };
  const chosen = element.value === undefined ? {} : { value: element.value };
  if (element.url) {
    return h(
      "a",
      { ...props, href: element.url, target: "_blank", rel: "noopener noreferrer", onclick: () => report(chosen) },
      label,
    );
  }
  return h(
    "button",
    { ...props, type: "button", onclick: (event) => whileBusy(event.currentTarget, () => report(chosen)) },
    label,
  );
}

async function whileBusy(button, act) {
  if (button.classList.contains("busy")) return;
  button.classList.add("busy");
  await act();
  button.classList.remove("busy");
}

function drawOverflow({ element, attributes, report }) {
  const items = element.options.map((option) => ({
    label: withEmoji(option.text.text),
    description: option.description && withEmoji(option.description.text),
    href: option.url,
    option,
  }));
  const pick = ({ option }) => report({ selected_option: option });
  return iconButton("dots", "More actions", (event) => openMenu(event.currentTarget, items, pick), {
    ...attributes,
    "aria-label": "More actions",
    "aria-haspopup": "menu",
    class: "button overflow",
  });
}

function drawChoices({ element, state, field, attributes, report }, kind) {
  const chosen = new Set(initialChoices(element, state).map((option) => option.value));
  const name = freshId("choice");
  const group = h(
    "div",
    {
      class: "choices",
      role: kind === "radio" ? "radiogroup" : "group",
      "aria-labelledby": field?.labelId,
      "aria-describedby": field?.notes,
    },
  );
  const tell = () => {
    const picked = element.options.filter((_, index) => group.querySelectorAll("input")[index].checked);
    return report(kind === "radio" ? { selected_option: picked[0] ?? null } : { selected_options: picked });
  };
  element.options.forEach((option, index) => {
    const id = index === 0 ? attributes.id : undefined;
    const input = h(
      "input",
      {
        type: kind,
        name,
        id,
        checked: chosen.has(option.value),
        onchange: tell,
        "data-action-id": attributes["data-action-id"],
      },
    );
    group.append(h(
      "label",
      { class: "choice" },
      input,
      h("span", {}, choiceText(option.text), option.description && h("small", {}, choiceText(option.description))),
    ));
  });
  return group;
}

function initialChoices(element, state) {
  if (state) return state.selected_options ?? [state.selected_option].filter(Boolean);
  return element.initial_options ?? [element.initial_option].filter(Boolean);
}

function choiceText(text) {
  return text.type === "mrkdwn" ? mrkdwn(text.text) : withEmoji(text.text);
}
