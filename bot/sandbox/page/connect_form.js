/** The form that the four values belong into, known by the block ids of its inputs. */

import { h } from "./dom.js";

const TELLING = ["integration_code", "secret", "username"];
const FIELDS = ["url", ...TELLING];

/** Whether `view` asks for any of them; a URL alone does not make the form. */
export function isForm(view) {
  return TELLING.some((name) => inputs(view).some(({ block_id: id }) => id === name));
}

/** Type `values`, by block id, into the view's inputs. */
export async function fillForm(server, view, values) {
  for (const { block_id: block, element } of inputs(view)) {
    const { type, action_id: action } = element;
    await server.type(view.id, block, action, { type, value: values[block] });
  }
}

/** Where the panel is out of reach behind the form, the form itself offers the values; or null. */
export function drawFillBar(view, values, fill) {
  if (!isForm(view) || !values) return null;
  return h(
    "div",
    { class: "fill-bar" },
    h("span", {}, "Values from the make-believe Autotask"),
    h("button", { type: "button", class: "button small", onclick: () => fill(values) }, "Fill"),
  );
}

function inputs(view) {
  return (view?.blocks ?? []).filter(({ type, block_id: id }) => type === "input" && FIELDS.includes(id));
}
