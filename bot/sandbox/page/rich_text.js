/** The rich_text block. */

import { cannotDraw } from "./cannot_draw.js";
import { fillDate, moment } from "./dates.js";
import { h } from "./dom.js";
import { drawEmoji } from "./emoji.js";
import { link, mention, mentionChannel, mentionPerson } from "./mrkdwn.js";

const PARTS = {
  rich_text_section: (part, directory) => h("div", { class: "text" }, spans(part, directory)),
  rich_text_preformatted: (part, directory) => h("pre", {}, spans(part, directory)),
  rich_text_quote: (part, directory) => h("blockquote", {}, spans(part, directory)),
  rich_text_list: drawList,
};
const SPANS = {
  text: (span) => styled(span.text, span.style),
  link: (span) => link(span.url, span.text === undefined ? undefined : styled(span.text, span.style)),
  emoji: (span) => drawEmoji(span.name) ?? `:${span.name}:`,
  user: (span, directory) => mentionPerson(span.user_id, directory),
  channel: (span, directory) => mentionChannel(span.channel_id, directory),
  usergroup: (span) => mention(`@${span.usergroup_id}`),
  broadcast: (span) => mention(`@${span.range}`),
  color: (span) => h("code", {}, span.value),
  date: (span) => h("time", { title: moment(span.timestamp) }, fillDate(span.timestamp, span.format)),
};
const STYLES = { code: "code", strike: "s", italic: "em", bold: "strong" };

/** Sections, lists, quotes and preformatted text; an unknown part is named. */
export function drawRichText(block, directory) {
  return h("div", { class: "block-rich-text" }, (block.elements ?? []).map((part) => drawPart(part, directory)));
}

function drawPart(part, directory) {
  return PARTS[part.type]?.(part, directory) ?? cannotDraw(`the text part “${part.type}”`);
}

function drawList(part, directory) {
  const items = (part.elements ?? []).map((item) => h("li", {}, spans(item, directory)));
  return h(
    part.style === "ordered" ? "ol" : "ul",
    { class: `indent-${part.indent ?? 0}`, start: (part.offset ?? 0) + 1 },
    items,
  );
}

function spans(part, directory) {
  return (part.elements ?? []).map((span) => SPANS[span.type]?.(span, directory) ?? `[cannot draw “${span.type}”]`);
}

function styled(text, style = {}) {
  const tags = Object.keys(STYLES).filter((name) => style[name]);
  return tags.reduce((inner, name) => h(STYLES[name], {}, inner), text);
}
