/** A menu of actions that opens at a button. */

import { h } from "./dom.js";
import { isShown, showBeside } from "./popup.js";

/** Open `items` (`{label, description?, href?, icon?, current?}`) at `anchor`; `onPick(item)` follows. */
export function openMenu(anchor, items, onPick) {
  const menu = h("div", { class: "menu", role: "menu", popover: "auto" });
  const pick = (item) => {
    menu.hidePopover();
    anchor.focus();
    onPick(item);
  };
  menu.append(...items.map((item) => drawItem(item, pick)));
  menu.addEventListener("keydown", (event) => walk(event, menu, anchor));
  menu.addEventListener("toggle", (event) => event.newState === "closed" && menu.remove());
  anchor.after(menu);
  showBeside(anchor, menu, { end: anchor.getBoundingClientRect().left > window.innerWidth / 2 });
  menu.querySelector("[role^=menuitem]")?.focus();
}

function drawItem(item, pick) {
  const text = h("span", { class: "menu-text" }, item.label, item.description && h("small", {}, item.description));
  const props = { class: "menu-item", role: "menuitem", tabindex: "-1", onclick: () => pick(item) };
  if (item.href) return h("a", { ...props, href: item.href, target: "_blank", rel: "noopener noreferrer" }, text);
  if (item.current !== undefined) Object.assign(
    props,
    { role: "menuitemradio", "aria-checked": String(item.current) },
  );
  return h("button", { ...props, type: "button" }, item.icon, text);
}

function walk(event, menu, anchor) {
  const items = [...menu.querySelectorAll("[role^=menuitem]")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
  } else if (event.key === "Tab" || event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    if (isShown(menu)) menu.hidePopover();
    anchor.focus();
  }
}
