/** The chat's own troubles: channels, membership, the app's connection, and who is looking. */

import { avatar, h, refresh } from "./dom.js";
import { roleName } from "./sidebar.js";
import { drawRow, drawSwitch, drawToggles } from "./switches.js";

/** `act(order)` changes the workspace; `onActAs(id)` changes who is looking. */
export class WorkspacePage {
  constructor({ act, onActAs }) {
    this.act = act;
    this.onActAs = onActAs;
    this.outage = false;
    this.node = h("div", { class: "panel-stack" });
  }

  show(state) {
    this.state = state;
    refresh(this.node, [state, this.outage], () => [
      card("Act as", h("div", { class: "people", role: "radiogroup", "aria-label": "Act as" }, this.people())),
      card(
        "Channels",
        h(
          "ul",
          { class: "rows" },
          state.channels.filter(({ kind }) => kind !== "im").map((channel) => this.channelRow(channel)),
        ),
      ),
      card("The app", h("ul", { class: "rows" }, this.appRows())),
    ]);
  }

  people() {
    const { people, me } = this.state;
    return people.filter(({ role }) => role !== "bot").map((person) => this.drawPerson(person, person.id === me));
  }

  drawPerson(person, current) {
    const props = {
      type: "button",
      role: "radio",
      class: "person",
      "aria-checked": String(current),
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

  channelRow({ id, name, archived, bot_in: inside }) {
    const order = (verb) => this.act({ do: verb, channel: id });
    return drawToggles({
      title: `#${name}`,
      toggles: [
        { label: "App is in", on: inside, onChange: (on) => order(on ? "add_bot" : "remove_bot") },
        { label: "Archived", on: archived, bad: true, onChange: (on) => order(on ? "archive" : "unarchive") },
      ],
    });
  }

  appRows() {
    const outage = async (on) => {
      await this.act({ do: on ? "outage" : "mend" });
      this.outage = on;
      this.show(this.state);
    };
    return [
      drawSwitch({
        title: "Chat outage",
        about: "Everything the app asks is answered with 503.",
        on: this.outage,
        bad: true,
        onChange: outage,
      }),
      drawRow({
        title: "Drop the app's connection",
        about: "It should be back within seconds.",
        label: "Drop",
        run: () => this.act({ do: "disconnect_socket" }),
      }),
    ];
  }
}

function card(title, content) {
  return h("section", { class: "card" }, h("h3", {}, title), content);
}
