/** The emoji names that chat apps use most; an unknown name is left as it was typed. */

import { h, icon } from "./dom.js";

const NAMED = /:([a-z0-9_+-]+):/g;
/** Marks of a state look the same on every machine, also where no font has emoji. */
const DISCS = {
  red_circle: "red", large_red_circle: "red", large_orange_circle: "orange", large_yellow_circle: "yellow",
  large_green_circle: "green", large_blue_circle: "blue", large_purple_circle: "purple",
  white_circle: "white", black_circle: "black",
};
const SIGNS = {
  white_check_mark: ["check", "good"], heavy_check_mark: ["check", "good"], x: ["close", "bad"],
  warning: ["warning", "warn"], information_source: ["info", "plain"], lock: ["lock", "warn"],
  arrow_right: ["arrow", "plain"], bell: ["bell", "warn"], key: ["key", "warn"], wrench: ["wrench", "plain"],
  mag: ["search", "plain"], hourglass_flowing_sand: ["hourglass", "warn"], eyes: ["eye", "plain"], link: ["link", "plain"],
};
const NAMES = {
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", no_entry: "⛔",
  no_entry_sign: "🚫", warning: "⚠️", rotating_light: "🚨", red_circle: "🔴", large_red_circle: "🔴",
  large_orange_circle: "🟠", large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵",
  large_purple_circle: "🟣", white_circle: "⚪", black_circle: "⚫", large_green_square: "🟩",
  large_yellow_square: "🟨", large_red_square: "🟥", white_large_square: "⬜", black_large_square: "⬛",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️", alarm_clock: "⏰", clock3: "🕒",
  calendar: "📆", date: "📅", key: "🔑", old_key: "🗝️", lock: "🔒", unlock: "🔓",
  closed_lock_with_key: "🔐", shield: "🛡️", bell: "🔔", no_bell: "🔕", mute: "🔇", zzz: "💤",
  tada: "🎉", sparkles: "✨", rocket: "🚀", information_source: "ℹ️", question: "❓", exclamation: "❗",
  bulb: "💡", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️",
  arrows_counterclockwise: "🔄", arrow_forward: "▶️", double_vertical_bar: "⏸️", pause_button: "⏸️",
  black_square_for_stop: "⏹️", wrench: "🔧", hammer_and_wrench: "🛠️", gear: "⚙️", nut_and_bolt: "🔩",
  mag: "🔍", mag_right: "🔎", link: "🔗", electric_plug: "🔌", zap: "⚡", globe_with_meridians: "🌐",
  satellite_antenna: "📡", chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊",
  memo: "📝", pencil: "📝", pencil2: "✏️", clipboard: "📋", page_facing_up: "📄", scroll: "📜",
  file_folder: "📁", package: "📦", wastebasket: "🗑️", construction: "🚧", fire: "🔥", eyes: "👀", wave: "👋",
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", ok_hand: "👌", raised_hands: "🙌", pray: "🙏",
  bust_in_silhouette: "👤", busts_in_silhouette: "👥", robot_face: "🤖", heart: "❤️", green_heart: "💚",
  speech_balloon: "💬", mega: "📣", loudspeaker: "📢", envelope: "✉️", inbox_tray: "📥", outbox_tray: "📤",
  house: "🏠", office: "🏢", books: "📚", book: "📖", bookmark: "🔖", pushpin: "📌", round_pushpin: "📍",
  one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣", six: "6️⃣", seven: "7️⃣", eight: "8️⃣",
  checkered_flag: "🏁", triangular_flag_on_post: "🚩", sos: "🆘", new: "🆕", test_tube: "🧪", broom: "🧹",
  point_right: "👉", small_blue_diamond: "🔹", ok: "🆗", recycle: "♻️", repeat: "🔁", crescent_moon: "🌙",
};

/** The character for a name without colons, or undefined. */
function emoji(name) {
  return Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
}

/** A node or a character for a name without colons, or undefined. */
export function drawEmoji(name) {
  const props = { role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` };
  if (Object.hasOwn(DISCS, name)) return h("span", { ...props, class: `emoji disc disc-${DISCS[name]}` });
  if (Object.hasOwn(SIGNS, name)) return h(
    "span",
    { ...props, class: `emoji sign-${SIGNS[name][1]}` },
    icon(SIGNS[name][0]),
  );
  return emoji(name);
}

/** Plain text as nodes and strings, with its `:names:` drawn. */
export function withEmoji(text) {
  const parts = text.split(NAMED);
  return parts.map((part, at) => (at % 2 ? (drawEmoji(part) ?? `:${part}:`) : part)).filter((part) => part !== "");
}

/** The same where only a string can stand. */
export function asText(text) {
  return text.replace(NAMED, (whole, name) => emoji(name) ?? whole);
}
