/** One channel on screen, and what has been said in all the others meanwhile. */

import { Composer } from "./composer.js";
import { SANDBOX } from "./directory.js";
import { h, icon, iconButton } from "./dom.js";
import { drawTabs } from "./home.js";
import { mrkdwn } from "./mrkdwn.js";
import { Timeline } from "./timeline.js";

const ABOUT = { public: "Public channel", private: "Private channel", im: "Direct message" };

const readKey = (id) => `sandbox-read-${id}`;

/** `welcome` is shown at the beginning of every channel. `say(text)` hears each new message. */
export class Chat {
  constructor({ server, directory, shortcuts, welcome, say, onMenu, onPanel, onHome }) {
    Object.assign(this, { server, directory, welcome, say });
    this.tabs = drawTabs({ onHome });
    this.timeline = new Timeline({
      onPress: (...press) => this.report(server.press(...press)),
      onReply: (thread_ts, text) => this.send({ text, thread_ts }),
    });
    this.composer = new Composer({
      onSend: (text) => this.send({ text }),
      shortcuts,
      onShortcut: (callback_id) => this.report(server.shortcut(callback_id)),
    });
    this.title = h("div", { class: "header-title" });
    this.header = h("header", { class: "header" },
      iconButton(
        "menu",
        "Channels",
        onMenu,
        { class: "icon-button only-narrow", "aria-controls": "sidebar" },
      ), this.title,
      iconButton(
        "sliders",
        "Autotask admin",
        onPanel,
        { class: "icon-button panel-opener", "aria-controls": "panel" },
      ));
    this.node = h(
      "section",
      { class: "chat", "aria-label": "Conversation" },
      this.header,
      this.tabs,
      this.timeline.node,
      this.composer.node,
    );
    this.heard = 0;
    this.forget();
  }

  /** Drop all that was read: somebody else looks. */
  forget() {
    this.messages = new Map();
    this.unread = new Map();
  }

  /** Count what was written in a channel before the page was there, and never shown in this window. */
  async countUnread(id) {
    const read = Number(sessionStorage.getItem(readKey(id)) ?? 0);
    const news = (await this.fetch(id)).filter(({ ts }) => Number(ts) > read);
    if (id !== this.open && news.length) this.unread.set(id, news.length);
  }

  get channel() {
    return this.directory().channel(this.open);
  }

  /** Show a channel, asking the server for what was said there. */
  async show(id, commands) {
    const another = this.open !== id;
    this.open = id;
    this.unread.delete(id);
    this.drawHeader(commands);
    const messages = await this.fetch(id);
    if (this.open !== id) return;
    const notes = this.list(id).filter(({ failed }) => failed);
    this.messages.set(id, [...messages, ...notes]);
    sessionStorage.setItem(readKey(id), messages.at(-1)?.ts ?? 0);
    if (another) this.timeline.reset();
    this.draw();
    if (another) this.timeline.toEnd();
  }

  /** What stands in a channel, asked again where something happened meanwhile. */
  async fetch(id) {
    const before = this.heard;
    const { messages } = await this.server.messages(id);
    return this.heard === before ? messages : this.fetch(id);
  }

  drawHeader(commands) {
    const { channel } = this;
    if (!channel) return;
    const sign = { private: "lock", im: "person" }[channel.kind] ?? "hash";
    const about = channel.bot_in ? ABOUT[channel.kind] : `${ABOUT[channel.kind]} · the app is not a member`;
    this.title.replaceChildren(icon(sign), h("h1", {}, channel.name), h("small", {}, about));
    this.tabs.hidden = channel.kind !== "im";
    this.composer.show(channel, commands);
    const name = channel.kind === "im" ? channel.name : `#${channel.name}`;
    const beginning = `This is the beginning of ${channel.kind === "im" ? "your direct messages" : name}.`;
    this.timeline.intro.replaceChildren(
      h("span", { class: "intro-mark" }, icon(sign)),
      h("h2", {}, name),
      h("p", {}, beginning),
      this.welcome,
    );
  }

  draw() {
    const messages = this.list(this.open).toSorted((a, b) => a.ts - b.ts);
    this.timeline.show(messages, this.directory());
  }

  list(id) {
    return this.messages.get(id) ?? [];
  }

  /** A message that came, or that changed. */
  put(message) {
    this.heard += 1;
    const known = this.list(message.channel).some(({ ts }) => ts === message.ts);
    const others = this.list(message.channel).filter(({ ts }) => ts !== message.ts);
    this.messages.set(message.channel, [...others, message]);
    if (!known) this.announce(message);
    if (message.channel === this.open) this.draw();
  }

  announce(message) {
    const mine = message.user === this.server.me;
    if (message.channel !== this.open && !mine) this.unread.set(
      message.channel,
      (this.unread.get(message.channel) ?? 0) + 1,
    );
    if (!mine) this.say(`${this.directory().author(message.user).name}: ${this.heardAs(message)}`);
  }

  /** A message's text as it is heard: without its marks, and with names for ids. */
  heardAs({ text }) {
    return h("p", {}, mrkdwn(text ?? "", this.directory())).textContent;
  }

  /** A message that is gone. */
  drop(channel, ts) {
    this.heard += 1;
    this.messages.set(channel, this.list(channel).filter((message) => message.ts !== ts));
    if (channel === this.open) this.draw();
  }

  /** A note of the sandbox itself about what did not work, for this reader only. */
  note(text) {
    const ts = (Date.now() / 1000).toFixed(6);
    const note = { ts, channel: this.open, user: SANDBOX, text, ephemeral: true, failed: true };
    this.messages.set(this.open, [...this.list(this.open), note]);
    this.say(text);
    this.draw();
    this.timeline.toEnd();
  }

  send(message) {
    return this.report(this.server.say({ channel: this.open, ...message }));
  }

  async report(asked) {
    const answer = await asked;
    if (answer.ok === false) this.note(answer.error ?? "That did not work.");
    return answer.ok !== false;
  }
}
