/** One message of the chat, and the thread under it. */

import { renderAttachments, renderBlocks } from "./blocks.js";
import { clock, moment } from "./dates.js";
import { avatar, h, icon, iconButton } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";

/** A message as an item of the list; `compact` leaves out the author; `root` is what it replied to elsewhere. */
export function drawMessage(message, { directory, compact, root, onPress, onReply }) {
  const author = directory.author(message.user);
  const body = h(
    "div",
    { class: "message-body" },
    compact ? null : drawHeading(author, message),
    root && drawRepliedTo(root, directory),
    drawContent(message, directory, onPress),
  );
  const side = compact ? h(
    "time",
    { class: "side-time", title: moment(message.ts) },
    clock(message.ts),
  ) : avatar(author);
  const reply = onReply && iconButton("reply", "Reply in thread", onReply, { class: "icon-button message-action" });
  const kinds = [compact && "compact", message.ephemeral && "ephemeral", message.failed && "failed"];
  return h(
    "li",
    { class: ["message", ...kinds].filter(Boolean).join(" "), "data-ts": message.ts },
    h("div", { class: "message-side" }, side),
    body,
    reply,
  );
}

function drawHeading(author, message) {
  return h(
    "div",
    { class: "message-heading" },
    h("strong", {}, author.name),
    author.role === "bot" && h("span", { class: "tag" }, "App"),
    h("time", { title: moment(message.ts) }, clock(message.ts)),
  );
}

/** One line, as long as there is room. */
function drawRepliedTo(root, directory) {
  const [line] = (root.text ?? "").split("\n");
  return h(
    "div",
    { class: "replied-to" },
    icon("reply"),
    h("span", {}, "replied to a thread: ", h("span", { class: "text" }, mrkdwn(line, directory))),
  );
}

function drawContent(message, directory, onPress) {
  const container = { channel: message.channel, ts: message.ts };
  const options = {
    surface: "message",
    directory,
    onAction: (block, action, state) => onPress(container, block, action, state),
  };
  const blocks = message.blocks?.length ? renderBlocks(message.blocks, options) : drawPlain(message, directory);
  const mark = message.ephemeral && h("div", { class: "only-you" }, icon("eye"), "Only visible to you");
  return [mark, h("div", { class: "message-content" }, blocks, renderAttachments(message.attachments, options))];
}

/** Changes are marked only where text changed: blocks change silently. */
function drawPlain(message, directory) {
  if (!message.text) return "";
  const silent = message.attachments?.some(({ blocks }) => blocks?.length);
  const edited = message.edited && !silent && h("span", { class: "edited" }, " (edited)");
  return h("div", { class: "text" }, mrkdwn(message.text, directory), edited);
}

/** The replies under a message, with the box to add one. */
export function drawThread(replies, { composing }) {
  const count = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  return h(
    "li",
    { class: "thread" },
    replies.length > 0 && h("div", { class: "thread-count" }, count),
    h("ol", { class: "thread-list" }, replies),
    composing,
  );
}

/** The box for a reply; Enter sends, Escape leaves. */
export function drawReplyBox({ onSend, onLeave }) {
  const input = h(
    "textarea",
    { rows: 1, class: "text-input", placeholder: "Reply…", "aria-label": "Reply in thread" },
  );
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && input.value.trim()) {
      event.preventDefault();
      onSend(input.value.trim());
    }
    if (event.key === "Escape") onLeave();
  });
  return h("div", { class: "reply-box" }, input);
}
