/** Date and time elements, on the browser's own pickers. */

import { h } from "./dom.js";

/** Reports `{selected_date}` as YYYY-MM-DD. */
export function drawDate(context) {
  return drawPicker(context, "date", "selected_date", context.element.initial_date);
}

/** Reports `{selected_time}` as HH:MM. */
export function drawTime(context) {
  return drawPicker(context, "time", "selected_time", context.element.initial_time);
}

/** Reports `{selected_date_time}` in seconds since the epoch. */
export function drawDateTime(context) {
  const { element, state, attributes, report } = context;
  const seconds = state ? state.selected_date_time : element.initial_date_time;
  const value = seconds ? localMinute(new Date(seconds * 1000)) : "";
  const input = h("input", { ...attributes, type: "datetime-local", class: "text-input date-input", value });
  const read = () => (input.value ? Math.floor(new Date(input.value).getTime() / 1000) : null);
  input.addEventListener("change", () => report({ selected_date_time: read() }));
  return input;
}

function drawPicker({ state, attributes, report }, type, key, initial) {
  const value = (state ? state[key] : initial) ?? "";
  const input = h("input", { ...attributes, type, class: "text-input date-input", value });
  input.addEventListener("change", () => report({ [key]: input.value || null }));
  return input;
}

function localMinute(when) {
  return new Date(when.getTime() - when.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
