/** The messages of one channel: grouped by author, parted by day, threads under their root. */

import { day } from "./dates.js";
import { arrange, h, icon } from "./dom.js";
import { drawMessage, drawReplyBox, drawThread } from "./messages.js";

const TOGETHER = 300;
const NEAR_END = 120;

/** `onPress` as for messages; `onReply(thread_ts, text)` sends into a thread. */
export class Timeline {
  constructor({ onPress, onReply }) {
    this.onPress = onPress;
    this.onReply = onReply;
    this.list = h("ol", { class: "timeline-list" });
    this.intro = h("div", { class: "intro" });
    this.more = h(
      "button",
      { type: "button", class: "more", hidden: true, onclick: () => this.toEnd(true) },
      icon("down"),
      "New messages",
    );
    this.scroller = h(
      "div",
      { class: "timeline", tabindex: "0", role: "region", "aria-label": "Messages" },
      this.intro,
      this.list,
    );
    this.scroller.addEventListener("scroll", () => this.onScroll(), { passive: true });
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(this.scroller);
    this.node = h("div", { class: "timeline-frame" }, this.scroller, this.more);
    this.reset();
  }

  /** Forget everything: another channel, or another reader. */
  reset() {
    this.drawn = new Map();
    this.replying = null;
    this.pinned = true;
    this.list.replaceChildren();
  }

  /** Show these messages, oldest first; what has not changed stays as it is on screen. */
  show(messages, directory) {
    const before = this.list.childElementCount;
    this.messages = messages;
    this.directory = directory;
    arrange(this.list, this.rows());
    if (this.pinned) this.toEnd();
    else if (this.list.childElementCount > before) this.more.hidden = false;
  }

  onScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.pinned = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (this.pinned) this.more.hidden = true;
  }

  toEnd(smooth = false) {
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.more.hidden = true;
  }

  rows() {
    const roots = new Map(this.messages.filter((m) => !isReply(m)).map((m) => [m.ts, []]));
    const lone = this.messages.filter((m) => isReply(m) && !roots.has(m.thread_ts));
    for (const m of this.messages) if (isReply(m)) roots.get(m.thread_ts)?.push(m);
    const top = this.messages.filter((m) => roots.has(m.ts) || lone.includes(m) || m.broadcast);
    const kept = new Map();
    this.threads = new Set([...roots.keys()].filter((ts) => roots.get(ts).length || ts === this.replying));
    const rows = top.flatMap((message, at) => this.rowsOf(message, top[at - 1], roots.get(message.ts) ?? [], kept));
    this.drawn = kept;
    return rows;
  }

  rowsOf(message, previous, replies, kept) {
    const newDay = !previous || day(previous.ts) !== day(message.ts);
    const compact = !newDay && !this.threads.has(previous.ts) && goesWith(message, previous);
    const rows = [this.keep(kept, message, { compact, top: true })];
    if (newDay) rows.unshift(this.keepNode(
      kept,
      `day ${day(message.ts)}`,
      day(message.ts),
      () => drawDay(message.ts),
    ));
    if (this.threads.has(message.ts)) rows.push(this.thread(kept, message, replies));
    return rows;
  }

  thread(kept, root, replies) {
    const composing = this.replying === root.ts;
    const seen = JSON.stringify([replies, composing]);
    return this.keepNode(kept, `thread ${root.ts}`, seen, () => {
      const items = replies.map((reply, at) => this.draw(
        reply,
        { compact: at > 0 && goesWith(reply, replies[at - 1]) },
      ));
      return drawThread(items, { composing: composing && this.replyBox(root) });
    });
  }

  keep(kept, message, options) {
    const root = this.rootOf(message);
    return this.keepNode(
      kept,
      message.ts,
      JSON.stringify([message, options.compact, root?.text]),
      () => this.draw(message, { ...options, root }),
    );
  }

  /** The message that a reply answers, where the reply is shown in the channel too. */
  rootOf(message) {
    return message.broadcast ? this.messages.find(({ ts }) => ts === message.thread_ts) : undefined;
  }

  keepNode(kept, key, seen, draw) {
    const old = this.drawn.get(key);
    const fresh = old?.seen === seen ? old : { seen, node: draw() };
    if (old && fresh !== old && !key.startsWith("thread")) fresh.node.classList.add("changed");
    kept.set(key, fresh);
    return fresh.node;
  }

  draw(message, { compact, top = false, root }) {
    const reply = top && !message.ephemeral && !message.failed && (() => this.replyTo(message.thread_ts ?? message.ts));
    return drawMessage(message, { directory: this.directory, compact, root, onPress: this.onPress, onReply: reply });
  }

  replyTo(ts) {
    this.replying = ts;
    arrange(this.list, this.rows());
    this.list.querySelector(".reply-box textarea")?.focus();
  }

  replyBox(root) {
    const leave = () => {
      this.replyTo(null);
      this.scroller.focus();
    };
    return drawReplyBox({ onLeave: leave, onSend: (text) => this.onReply(root.ts, text).then(leave) });
  }
}

function isReply(message) {
  return Boolean(message.thread_ts) && message.thread_ts !== message.ts;
}

function goesWith(message, previous) {
  return Boolean(previous) && message.user === previous.user && Boolean(message.ephemeral) === Boolean(previous.ephemeral)
    && isPlain(message) && isPlain(previous) && message.ts - previous.ts < TOGETHER;
}

function isPlain(message) {
  return !message.failed && !message.broadcast && !message.blocks?.length && !message.attachments?.length;
}

function drawDay(ts) {
  return h("li", { class: "day", role: "separator" }, h("span", {}, day(ts)));
}
