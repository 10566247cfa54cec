/** The chat's own troubles: channels, membership, the app's connection, and who is looking. */

import { walkable } from "./arrows.js";
import { avatar, h, refresh } from "./dom.js";
import { roleName } from "./sidebar.js";
import { drawRow, drawSwitch, drawToggles } from "./switches.js";

const TROUBLES = [
  {
    breaks: "outage",
    mends: "end_outage",
    title: "Chat outage",
    about: "Everything the app asks is answered with 503.",
  },
  {
    breaks: "limit",
    mends: "unlimit",
    title: "Rate limit",
    about: "Messages have to wait: 429, again in 2 seconds.",
  },
  {
    breaks: "revoke_token",
    mends: "restore_token",
    title: "Revoke the token",
    about: "The app may do nothing until it is installed anew.",
  },
  {
    breaks: "close_direct",
    mends: "open_direct",
    title: "Close direct messages",
    about: "The app may not write to people.",
  },
];
const MISHAPS = [
  {
    title: "Lose the next answer",
    about: "A message arrives, and the app never hears of it.",
    label: "Lose",
    order: { do: "mishap", kind: "drop" },
  },
  {
    title: "Drop the app's connection",
    about: "It should be back within seconds.",
    label: "Drop",
    order: { do: "disconnect_socket" },
  },
];

/** `act(order)` changes the workspace; `onActAs(id)` changes who is looking. */
export class WorkspacePage {
  constructor({ act, onActAs }) {
    this.act = act;
    this.onActAs = onActAs;
    this.node = h("div", { class: "panel-stack" });
  }

  show(state) {
    this.state = state;
    refresh(this.node, state, () => [
      card("Act as", this.drawPeople()),
      card(
        "Channels",
        h(
          "ul",
          { class: "rows" },
          state.channels.filter(({ kind }) => kind !== "im").map((channel) => this.channelRow(channel)),
        ),
      ),
      card("What can go wrong with the app", h("ul", { class: "rows" }, this.appRows())),
    ]);
  }

  drawPeople() {
    const { people, me } = this.state;
    const choices = people.filter(({ role }) => role !== "bot").map((person) => this.drawPerson(person, person.id === me));
    const group = h("div", { class: "people", role: "radiogroup", "aria-label": "Act as" }, choices);
    return walkable(group, "[role=radio]");
  }

  drawPerson(person, current) {
    const props = {
      type: "button",
      role: "radio",
      class: "person",
      "aria-checked": String(current),
      tabindex: current ? "0" : "-1",
      "data-key": person.id,
      onclick: () => this.onActAs(person.id),
    };
    return h(
      "button",
      props,
      avatar(person),
      h("span", {}, h("strong", {}, person.name), h("small", {}, roleName(person.role))),
    );
  }

  channelRow({ id, name, kind, archived, bot_in: inside }) {
    const order = (verb) => this.act({ do: verb, channel: id });
    const hidden = kind === "private";
    return drawToggles({
      title: `#${name}`,
      toggles: [
        { label: "App is in", on: inside, onChange: (on) => order(on ? "add_bot" : "remove_bot") },
        { label: "Private", on: hidden, disabled: hidden, onChange: () => order("make_private") },
        { label: "Archived", on: archived, bad: true, onChange: (on) => order(on ? "archive" : "unarchive") },
      ],
    });
  }

  appRows() {
    const { troubles } = this.state.app;
    const switches = TROUBLES.map(({ breaks, mends, title, about }) => drawSwitch({
      title,
      about,
      on: troubles[breaks],
      bad: true,
      onChange: (on) => this.act({ do: on ? breaks : mends }),
    }));
    return [...switches, ...MISHAPS.map(({ order, ...row }) => drawRow({ ...row, run: () => this.act(order) }))];
  }
}

function card(title, content) {
  return h("section", { class: "card" }, h("h3", {}, title), content);
}
