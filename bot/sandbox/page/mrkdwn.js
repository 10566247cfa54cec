/** Chat markup to nodes. Every part becomes a node or text, never HTML. */

import { fillDate, moment } from "./dates.js";
import { h } from "./dom.js";
import { drawEmoji } from "./emoji.js";

const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<target>[^<>|\\s][^<>|]*)(?:\\|(?<label>[^<>]*))?>",
    "(?<![\\w*])\\*(?=[^\\s*])(?<bold>[^*\\n]*?[^\\s*])\\*(?![\\w*])",
    "(?<![\\w_])_(?=[^\\s_])(?<italic>(?:[^_\\n<]|<[^>\\n]*>|_(?=\\w))+?)(?<![\\s_])_(?![\\w_])",
    "(?<![\\w~])~(?=[^\\s~])(?<strike>[^~\\n]*?[^\\s~])~(?![\\w~])",
    ":(?<emoji>[a-z0-9_+-]+):",
  ].join("|"),
  "g",
);
const BLOCK = /```\n?(?<pre>[\s\S]+?)\n?```\n?|^(?:&gt;|>){3} ?(?<rest>[\s\S]+)|(?<quote>(?:^(?:&gt;|>) ?.*(?:\n|$))+)/gm;
const NOBODY = { person: () => undefined, channel: () => undefined };

/** Nodes for one mrkdwn text; `directory` knows the names of people and channels. */
export function mrkdwn(text, directory = NOBODY) {
  const fragment = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(BLOCK)) {
    const before = text.slice(end, match.index).replace(/\n$/, "");
    fragment.append(inline(before, directory), drawBlock(match.groups, directory));
    end = match.index + match[0].length;
  }
  fragment.append(inline(text.slice(end), directory));
  return fragment;
}

function drawBlock({ pre, rest, quote }, directory) {
  if (pre !== undefined) return h("pre", {}, unescape(pre));
  const body = rest ?? quote.replace(/^(?:&gt;|>) ?/gm, "").replace(/\n$/, "");
  return h("blockquote", {}, inline(body, directory));
}

function inline(text, directory) {
  const fragment = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    fragment.append(unescape(text.slice(end, match.index)), drawInline(match, directory));
    end = match.index + match[0].length;
  }
  fragment.append(unescape(text.slice(end)));
  return fragment;
}

function drawInline({ 0: whole, groups }, directory) {
  const { code, target, label, bold, italic, strike } = groups;
  if (code !== undefined) return h("code", {}, unescape(code));
  if (target !== undefined) return entity(target, label, directory);
  if (bold !== undefined) return h("strong", {}, inline(bold, directory));
  if (italic !== undefined) return h("em", {}, inline(italic, directory));
  if (strike !== undefined) return h("s", {}, inline(strike, directory));
  return drawEmoji(groups.emoji) ?? whole;
}

function entity(target, label, directory) {
  if (target.startsWith("@")) return mentionPerson(target.slice(1), directory, label);
  if (target.startsWith("#")) return mentionChannel(target.slice(1), directory, label);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!")) return mention(`@${(label || target.slice(1).split("^")[0]).replace(/^@/, "")}`);
  return link(unescape(target), label === undefined ? undefined : inline(label, directory));
}

/** A person's name as a mention; an unknown id stays an id. */
export function mentionPerson(id, directory, label) {
  return mention(`@${directory.person(id)?.name ?? unescape(label ?? id)}`);
}

/** A channel's name as a mention. */
export function mentionChannel(id, directory, label) {
  return mention(`#${directory.channel(id)?.name ?? unescape(label || id)}`);
}

/** Somebody or everybody who is called. */
export function mention(text) {
  return h("span", { class: "mention" }, text);
}

/** A link that opens elsewhere; anything but web and mail addresses stays text. */
export function link(target, label) {
  if (!/^(https?:|mailto:|tel:)/i.test(target)) return h("span", {}, label ?? target);
  const words = label ?? target.replace(/^(mailto|tel):/, "");
  return h("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, words);
}

function date(target, fallback) {
  const [, seconds, format, address] = target.split("^");
  const ts = Number(seconds);
  if (!Number.isFinite(ts) || !format) return unescape(fallback ?? target);
  const node = h("time", { datetime: new Date(ts * 1000).toISOString(), title: moment(ts) }, fillDate(ts, format));
  return address ? link(unescape(address), node) : node;
}

/** The three escapes of chat markup, undone once. */
function unescape(text) {
  return text.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">" })[name]);
}
