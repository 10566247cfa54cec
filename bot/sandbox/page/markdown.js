/** The markdown block: the part of standard Markdown that apps write. */

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { link } from "./mrkdwn.js";

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|__([^_]+)__|(?<!\w)[*_]([^*_]+)[*_](?!\w)|~~([^~]+)~~|\[([^\]]+)\]\(([^)\s]+)\)/g;
const LINES = [
  { starts: /^```/, draw: drawFence },
  { starts: /^#{1,6} /, draw: drawHeading },
  { starts: /^(-{3,}|\*{3,})$/, draw: (lines) => lines.shift() && h("hr") },
  { starts: /^> ?/, draw: (lines) => h("blockquote", {}, paragraphs(take(lines, /^> ?/))) },
  { starts: /^\s*[-*+] /, draw: (lines) => h("ul", {}, items(take(lines, /^\s*[-*+] /))) },
  { starts: /^\s*\d+[.)] /, draw: (lines) => h("ol", {}, items(take(lines, /^\s*\d+[.)] /))) },
  { starts: /\S/, draw: (lines) => h("p", {}, paragraphs(takeText(lines))) },
];

/** One text as nodes; raw HTML in it stays text. */
export function drawMarkdown(text) {
  const lines = text.split("\n");
  const node = h("div", { class: "block-markdown" });
  while (lines.length) {
    const kind = LINES.find(({ starts }) => starts.test(lines[0]));
    if (kind) node.append(kind.draw(lines));
    else lines.shift();
  }
  return node;
}

function drawFence(lines) {
  lines.shift();
  const end = lines.findIndex((line) => line.startsWith("```"));
  const body = lines.splice(0, end < 0 ? lines.length : end + 1);
  return h("pre", {}, (end < 0 ? body : body.slice(0, -1)).join("\n"));
}

function drawHeading(lines) {
  const [, marks, text] = /^(#+) (.*)$/.exec(lines.shift());
  return h(`h${Math.min(6, marks.length + 2)}`, {}, inline(text));
}

function take(lines, starts) {
  const end = lines.findIndex((line) => !starts.test(line));
  return lines.splice(0, end < 0 ? lines.length : end).map((line) => line.replace(starts, ""));
}

function takeText(lines) {
  const special = LINES.slice(0, -1);
  const end = lines.findIndex((line) => !line.trim() || special.some(({ starts }) => starts.test(line)));
  return lines.splice(0, end < 0 ? lines.length : end);
}

function items(lines) {
  return lines.map((line) => h("li", {}, inline(line)));
}

function paragraphs(lines) {
  return inline(lines.join("\n"));
}

function inline(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(withEmoji(text.slice(end, match.index)), drawInline(match));
    end = match.index + match[0].length;
  }
  return [...nodes, withEmoji(text.slice(end))];
}

function drawInline([, code, bold, strong, italic, strike, label, target]) {
  if (code !== undefined) return h("code", {}, code);
  if (bold ?? strong) return h("strong", {}, inline(bold ?? strong));
  if (italic !== undefined) return h("em", {}, inline(italic));
  if (strike !== undefined) return h("s", {}, inline(strike));
  return link(target, label);
}
