/** The emoji names that chat apps use most; an unknown name is left as it was typed. */

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
export function emoji(name) {
  return Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
}

/** Plain text with its `:names:` drawn. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => emoji(name) ?? whole);
}
