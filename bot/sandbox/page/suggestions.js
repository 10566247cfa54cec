/** Slash commands that fit what is being typed, above the composer. */

import { freshId, h } from "./dom.js";

/** `onPick(text)` gets the whole text that the suggestion stands for. */
export class Suggestions {
  constructor(input, onPick) {
    this.input = input;
    this.onPick = onPick;
    this.items = [];
    this.node = h(
      "div",
      { class: "suggestions", role: "listbox", id: freshId("commands"), "aria-label": "Commands", hidden: true },
    );
    input.setAttribute("aria-controls", this.node.id);
  }

  /** Offer what fits `text`, of `commands` as the server lists them. */
  offer(text, commands) {
    this.items = suggest(text, commands);
    this.node.hidden = this.items.length === 0;
    this.node.replaceChildren(...this.items.map((item) => this.draw(item)));
    this.mark(this.items.length && this.items[0].eager ? 0 : -1);
  }

  draw(item) {
    const node = h("div", { class: "suggestion", role: "option", id: freshId("command"), onclick: () => this.onPick(item.text) },
      h("span", { class: "suggestion-name" }, item.name), h("span", { class: "suggestion-about" }, item.about));
    node.addEventListener("pointerdown", (event) => event.preventDefault());
    return node;
  }

  mark(at) {
    this.marked = at;
    [...this.node.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === at)));
    this.node.children[at]?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", this.node.children[at]?.id ?? "");
  }

  /** Whether the key was for the list. */
  takes(event) {
    if (this.node.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark((this.marked + step + this.items.length) % this.items.length);
    else if (event.key === "Tab" && !event.shiftKey) this.onPick(this.items[Math.max(0, this.marked)].text);
    else if (event.key === "Enter" && this.marked >= 0) this.onPick(this.items[this.marked].text);
    else if (event.key === "Escape") this.node.hidden = true;
    else return false;
    return true;
  }
}

function suggest(text, commands) {
  if (!text.startsWith("/") || text.includes("\n")) return [];
  const exact = commands.find(({ command }) => text.startsWith(`${command} `));
  if (exact) return suggestWords(text, exact);
  return commands
    .filter(({ command }) => command.startsWith(text))
    .map(({ command, description, usage_hint }) => ({
      name: [command, " ", h("span", { class: "usage" }, usage_hint ?? "")],
      about: description,
      text: `${command} `,
      eager: text.length > 1,
    }));
}

function suggestWords(text, { command, usage_hint = "" }) {
  const typed = text.slice(command.length + 1);
  const words = usage_hint.split("|").map((word) => word.trim()).filter((word) => /^[a-z]+$/.test(word));
  return words
    .filter((word) => word.startsWith(typed) && word !== typed)
    .map((word) => ({ name: `${command} ${word}`, about: "", text: `${command} ${word}`, eager: false }));
}
