/** The workspace at the left: channels, the app, and who is looking. */

import { walkable } from "./arrows.js";
import { avatar, h, icon, refresh } from "./dom.js";
import { openMenu } from "./menu.js";

const ROLES = {
  admin: "Workspace admin",
  member: "Member",
  guest: "Guest",
  stranger: "From another workspace",
  bot: "App",
};

/** How a role is called. */
export const roleName = (role) => ROLES[role] ?? role;

/** `onChannel(id)`, `onHome()` and `onActAs(id)` are choices made here. */
export class Sidebar {
  constructor(listeners) {
    this.listeners = listeners;
    this.node = walkable(h("nav", { class: "sidebar", id: "sidebar", "aria-label": "Workspace" }), ".entry");
  }

  /** `open`: the id of the open channel, or "home"; `unread`: how many new messages by channel id. */
  show({ state, open, unread }) {
    refresh(this.node, [state, open, [...unread]], () => this.draw({ state, open, unread }));
  }

  draw({ state, open, unread }) {
    const channels = state.channels.filter(({ kind }) => kind !== "im");
    const direct = state.channels.filter(({ kind }) => kind === "im").map(({ id }) => id);
    return [
      drawName(state.team.name),
      h(
        "div",
        { class: "sidebar-scroll" },
        drawGroup("Channels", channels.map((channel) => this.drawChannel(channel, { open, unread }))),
        drawGroup("Apps", [this.drawApp(state.app, direct, { open, unread })]),
      ),
      this.drawMe(state),
    ];
  }

  drawChannel(channel, { open, unread }) {
    const sign = channel.kind === "private" ? "lock" : "hash";
    const props = {
      class: channel.archived ? "quiet" : "",
      "data-channel": channel.name,
      "data-key": channel.id,
      onclick: () => this.listeners.onChannel(channel.id),
    };
    const archived = channel.archived && h("small", {}, "archived");
    return drawEntry(
      channel.id === open,
      props,
      [icon(sign), h("span", { class: "entry-name" }, channel.name), archived, drawBadge([channel.id], { open, unread })],
    );
  }

  /** `direct`: the ids of the direct messages with it, which have a tab beside its Home. */
  drawApp(app, direct, { open, unread }) {
    const word = app.connected ? "connected" : "not connected";
    const dot = h(
      "span",
      { class: `dot ${app.connected ? "on" : "off"}`, title: `The app is ${word}` },
      h("span", { class: "unseen" }, ` ${word}`),
    );
    const name = h("span", { class: "entry-name" }, app.name);
    const props = { "data-key": "home", onclick: () => this.listeners.onHome() };
    const current = open === "home" || direct.includes(open);
    return drawEntry(current, props, [icon("bolt"), name, drawBadge(direct, { open, unread }), dot]);
  }

  drawMe(state) {
    const people = state.people.filter(({ role }) => role !== "bot");
    const me = people.find(({ id }) => id === state.me) ?? people[0];
    const items = people.map((person) => ({
      id: person.id,
      label: person.name,
      description: roleName(person.role),
      icon: avatar(person),
      current: person.id === state.me,
    }));
    const open = (event) => openMenu(event.currentTarget, items, ({ id }) => this.listeners.onActAs(id));
    const props = {
      type: "button",
      class: "me-button",
      "data-key": "me",
      "aria-haspopup": "menu",
      onclick: open,
      title: "Act as somebody else",
    };
    const words = h("span", { class: "entry-name" }, h("strong", {}, me.name), h("small", {}, roleName(me.role)));
    return h("footer", { class: "me" }, h("button", props, avatar(me), words, icon("chevron")));
  }
}

function drawName(name) {
  const mark = h("span", { class: "workspace-mark", "aria-hidden": "true" }, name.slice(0, 1));
  return h(
    "header",
    { class: "workspace-name" },
    mark,
    h("span", {}, h("strong", {}, name), h("small", {}, "Sandbox chat")),
  );
}

function drawGroup(title, entries) {
  return h(
    "section",
    { class: "sidebar-group" },
    h("h2", {}, title),
    h("ul", {}, entries.map((entry) => h("li", {}, entry))),
  );
}

function drawBadge(ids, { open, unread }) {
  const count = ids.reduce((sum, id) => sum + (id === open ? 0 : (unread.get(id) ?? 0)), 0);
  return count > 0 && h("span", { class: "badge", "aria-label": `${count} new` }, String(count));
}

function drawEntry(current, props, children) {
  return h(
    "button",
    { type: "button", ...props, class: `entry ${props.class ?? ""}`, "aria-current": current ? "page" : undefined },
    children,
  );
}
