/** The app's Home tab. */

import { renderBlocks } from "./blocks.js";
import { h, icon, iconButton, refresh } from "./dom.js";

export class Home {
  constructor({ server, directory, onMenu, onMessages, onFailed }) {
    Object.assign(this, { server, directory, onFailed });
    this.title = h("h1");
    this.body = h("div", { class: "home-body" });
    this.body.addEventListener("toggle", ({ newState }) => newState === "closed" && this.show(...this.shown), true);
    this.tabs = drawTabs({ onMessages });
    const menu = iconButton("menu", "Channels", onMenu, { class: "icon-button only-narrow" });
    const header = h(
      "header",
      { class: "header" },
      menu,
      h("div", { class: "header-title" }, icon("bolt"), this.title),
    );
    const scroller = h(
      "div",
      { class: "home-scroll", tabindex: "0", role: "region", "aria-label": "Home tab" },
      this.body,
    );
    this.node = h("section", { class: "home", "aria-label": "App home", hidden: true }, header, this.tabs, scroller);
  }

  /** Show the view that the app has published for this reader, or that there is none; a menu that is open stays. */
  show(view, app) {
    this.shown = [view, app];
    if (this.body.querySelector(":popover-open")) return;
    this.title.textContent = app.name;
    refresh(this.body, [view, app.name], () => (view ? this.draw(view) : drawNothing(app)));
  }

  draw(view) {
    const act = async (block, action, state) => {
      const answer = await this.server.press({ view_id: view.id }, block, action, state);
      if (answer.ok === false) this.onFailed(answer.error);
    };
    const type = (block, action, state) => this.server.type(view.id, block, action, state);
    return renderBlocks(
      view.blocks,
      { surface: "home", values: view.values ?? {}, directory: this.directory(), onAction: act, onType: type },
    );
  }
}

/** The app's two tabs. Of the one that is shown, nothing follows a press. */
export function drawTabs({ onHome, onMessages }) {
  const tab = (name, onclick) => h(
    "button",
    { type: "button", class: "tab", ...(onclick ? { onclick } : { "aria-current": "page" }) },
    name,
  );
  return h("div", { class: "tabs" }, tab("Home", onHome), tab("Messages", onMessages));
}

function drawNothing(app) {
  const why = app.connected ? "It may be about to." : "It is not connected right now.";
  return h(
    "div",
    { class: "nothing" },
    icon("home"),
    h("h2", {}, "Nothing here yet"),
    h("p", {}, `${app.name} has not published a Home tab for you. ${why}`),
  );
}
