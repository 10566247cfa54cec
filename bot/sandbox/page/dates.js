/** Times in the reader's own zone and language. */

const FORMATS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};
const DAY = 86_400_000;

/** `{date_short_pretty} at {time}` filled in for `ts` (seconds); an unknown token stays as it is. */
export function fillDate(ts, format, now = new Date()) {
  const when = new Date(ts * 1000);
  return format.replace(/\{(\w+)\}/g, (token, name, at) => {
    if (name === "ago") return ago(when, now);
    if (name.endsWith("_pretty")) return nearby(when, now, at === 0) ?? write(when, name.slice(0, -7));
    return Object.hasOwn(FORMATS, name) ? write(when, name) : token;
  });
}

function write(when, name) {
  return new Intl.DateTimeFormat(undefined, FORMATS[name] ?? FORMATS.date).format(when);
}

function nearby(when, now, first) {
  const days = Math.round((midnight(when) - midnight(now)) / DAY);
  const word = { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days];
  return word && (first ? word[0].toUpperCase() + word.slice(1) : word);
}

function midnight(when) {
  return new Date(when.getFullYear(), when.getMonth(), when.getDate()).getTime();
}

function ago(when, now) {
  const seconds = Math.round((when - now) / 1000);
  const [unit, size] = [
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
  ].find(([, s]) => Math.abs(seconds) >= s) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** "09:14". */
export const clock = (ts) => fillDate(ts, "{time}");
/** "09:14:03". */
export const clockWithSeconds = (ts) => fillDate(ts, "{time_secs}");
/** "Today", "Yesterday", "Monday, 3 March 2025". */
export const day = (ts) => fillDate(ts, "{date_long_pretty}");
/** Everything, for a tooltip. */
export const moment = (ts) => fillDate(ts, "{date_long} {time_secs}");
