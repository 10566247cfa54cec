/** The box in which people write. */

import { h, icon, iconButton } from "./dom.js";
import { openMenu } from "./menu.js";
import { Suggestions } from "./suggestions.js";

const TALLEST = 160;

/**
 * `onSend(text)` resolves to whether the text was taken; otherwise it stays to be corrected.
 * `shortcuts()` are the app's own, as the server lists them; `onShortcut(callback_id)` follows.
 */
export class Composer {
  constructor({ onSend, shortcuts, onShortcut }) {
    Object.assign(this, { onSend, shortcuts, onShortcut });
    this.commands = [];
    this.input = h(
      "textarea",
      {
        rows: 1,
        class: "composer-input",
        autocomplete: "off",
        oninput: () => this.onInput(),
        onkeydown: (event) => this.onKey(event),
      },
    );
    this.suggestions = new Suggestions(this.input, (text) => this.write(text));
    this.button = h(
      "button",
      { class: "send", "aria-label": "Send", title: "Send (Enter)", disabled: true },
      icon("send"),
    );
    const more = iconButton("plus", "Shortcuts", (event) => this.openShortcuts(event.currentTarget), {
      class: "icon-button",
      "aria-haspopup": "menu",
    });
    const onsubmit = (event) => this.submit(event);
    this.form = h("form", { class: "composer", onsubmit }, more, this.input, this.button);
    this.closed = h(
      "div",
      { class: "composer-closed", hidden: true },
      icon("lock"),
      "This channel is archived: nobody can write here.",
    );
    this.node = h("div", { class: "composer-frame" }, this.suggestions.node, this.form, this.closed);
  }

  /** Fit the box to a channel. */
  show(channel, commands) {
    this.commands = commands;
    const label = `Message ${channel.kind === "im" ? "" : "#"}${channel.name}`;
    this.input.placeholder = label;
    this.input.setAttribute("aria-label", label);
    this.form.hidden = channel.archived;
    this.closed.hidden = !channel.archived;
  }

  openShortcuts(anchor) {
    const items = this.shortcuts().map(({ name, description, callback_id }) => ({
      label: name,
      description,
      icon: icon("bolt"),
      callback_id,
    }));
    openMenu(anchor, items, ({ callback_id }) => this.onShortcut(callback_id));
  }

  /** Put `text` into the box and go there. */
  write(text) {
    this.input.value = text;
    this.onInput();
    this.input.focus();
  }

  onInput() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(TALLEST, this.input.scrollHeight)}px`;
    this.button.disabled = !this.input.value.trim();
    this.suggestions.offer(this.input.value, this.commands);
  }

  onKey(event) {
    if (event.isComposing) return;
    if (this.suggestions.takes(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) this.submit(event);
  }

  async submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return;
    this.write("");
    if (!(await this.onSend(text)) && !this.input.value) this.write(text);
  }
}
