/** A combobox: one or several of many options, found by typing. */

import { avatar, freshId, h, icon, iconButton } from "./dom.js";
import { isShown, showBeside } from "./popup.js";

/**
 * `options`: `{value, label, description?, group?, person?}`. `onChange(values)` gets all chosen values.
 * Where there is `search(text)`, it is asked for the options each time, and `options` are those that
 * are chosen at first; `emptiness(text)` says why there are none.
 */
export function createPicker(settings) {
  return new Picker(settings).node;
}

class Picker {
  constructor(settings) {
    this.settings = settings;
    this.chosen = [...settings.selected];
    this.list = h(
      "div",
      {
        class: "menu",
        role: "listbox",
        popover: "manual",
        id: freshId("options"),
        "aria-multiselectable": String(settings.multiple),
      },
    );
    this.input = this.drawInput();
    this.chips = h("span", { class: "chips" });
    this.node = h("div", { class: "picker" }, this.chips, this.input, this.drawEnd(), this.list);
    this.node.addEventListener("click", (event) => !event.target.closest("button, .menu") && this.input.focus());
    this.show();
  }

  drawInput() {
    return h("input", {
      ...this.settings.attributes,
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
      "aria-autocomplete": "list",
      onfocus: () => this.input.select(),
      onclick: () => this.open(""),
      oninput: () => this.open(this.input.value),
      onkeydown: (event) => this.onKey(event),
      onblur: () => this.close(),
    });
  }

  drawEnd() {
    const clear = () => this.choose([]);
    return this.settings.clearable && !this.settings.multiple
      ? [iconButton("close", "Clear", clear, { class: "icon-button clear" }), icon("chevron")]
      : icon("chevron");
  }

  option(value) {
    return this.settings.options.find((option) => option.value === value) ?? { value, label: value };
  }

  show() {
    const { multiple, placeholder } = this.settings;
    const empty = this.chosen.length === 0;
    this.node.classList.toggle("empty", empty);
    this.input.value = multiple || empty ? "" : this.option(this.chosen[0]).label;
    this.input.placeholder = multiple && !empty ? "" : placeholder;
    if (multiple) this.chips.replaceChildren(...this.chosen.map((value) => this.drawChip(value)));
  }

  drawChip(value) {
    const { label } = this.option(value);
    const remove = () => this.choose(this.chosen.filter((each) => each !== value));
    return h("span", { class: "chip" }, label, iconButton("close", `Remove ${label}`, remove));
  }

  open(sought) {
    if (this.settings.search) return this.look(sought.trim());
    const words = sought.trim().toLowerCase();
    return this.offer(this.settings.options.filter((option) => option.label.toLowerCase().includes(words)));
  }

  /** Ask for the options; the last question asked is the one that is answered. */
  async look(sought) {
    const asked = (this.asked ?? 0) + 1;
    this.asked = asked;
    if (!isShown(this.list)) this.offer([], "Looking …");
    const found = await this.settings.search(sought);
    if (asked !== this.asked) return;
    const offered = new Set(found.map(({ value }) => value));
    this.settings.options = [...found, ...this.settings.options.filter(({ value }) => !offered.has(value))];
    this.offer(found, this.settings.emptiness(sought));
  }

  offer(found, emptiness) {
    this.list.replaceChildren(...this.drawOptions(found, emptiness));
    if (!isShown(this.list)) showBeside(this.node, this.list, { asWide: true });
    this.input.setAttribute("aria-expanded", "true");
    this.mark(Math.max(0, found.findIndex((option) => this.chosen.includes(option.value))));
  }

  drawOptions(found, emptiness = "Nothing found") {
    if (found.length === 0) return [h("div", { class: "menu-empty" }, emptiness)];
    return found.flatMap((option, index) => {
      const heading = option.group && option.group !== found[index - 1]?.group;
      return heading ? [
        h("div", { class: "menu-group" }, option.group),
        this.drawOption(option),
      ] : [this.drawOption(option)];
    });
  }

  drawOption(option) {
    const chosen = this.chosen.includes(option.value);
    const props = {
      class: "menu-item",
      role: "option",
      id: freshId("option"),
      "data-value": option.value,
      "aria-selected": String(chosen),
    };
    const text = h(
      "span",
      { class: "menu-text" },
      option.label,
      option.description && h("small", {}, option.description),
    );
    const node = h("div", props, option.person && avatar(option.person), text, chosen && icon("check"));
    node.addEventListener("pointerdown", (event) => event.preventDefault());
    node.addEventListener("click", () => this.pick(option.value));
    return node;
  }

  items() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  mark(index) {
    const items = this.items();
    this.marked = items.length ? (index + items.length) % items.length : -1;
    items.forEach((item, at) => item.classList.toggle("marked", at === this.marked));
    items[this.marked]?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", items[this.marked]?.id ?? "");
  }

  onKey(event) {
    const shown = isShown(this.list);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (shown) this.mark(this.marked + step);
      else this.open("");
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (shown && this.marked >= 0) this.pick(this.items()[this.marked].dataset.value);
    } else if (event.key === "Escape" && shown) {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Backspace" && this.settings.multiple && !this.input.value) {
      this.choose(this.chosen.slice(0, -1));
    }
  }

  pick(value) {
    if (!this.settings.multiple) return this.choose([value]);
    const others = this.chosen.filter((each) => each !== value);
    const added = others.length === this.chosen.length && others.length < this.settings.most;
    return this.choose(added ? [...others, value] : others);
  }

  choose(values) {
    const changed = values.join("\n") !== this.chosen.join("\n");
    this.chosen = values;
    this.close();
    if (changed) this.settings.onChange(values);
  }

  close() {
    this.asked = (this.asked ?? 0) + 1;
    if (isShown(this.list)) this.list.hidePopover();
    this.input.setAttribute("aria-expanded", "false");
    this.show();
  }
}
