/** Three steps for newcomers, at the beginning of a channel. */

import { h, icon } from "./dom.js";

/** `onTry()` does the first step's typing; `then`: what else is worth a look, `[words, go]` each. */
export class Coach {
  constructor({ onTry, then }) {
    this.done = new Set();
    this.command = "the command";
    Object.assign(this, { onTry, then });
    this.node = h("aside", { class: "coach", "aria-label": "First steps" });
    this.draw();
  }

  /** The command that starts the story. */
  teach(command) {
    if (this.command === command) return;
    this.command = command;
    this.draw();
  }

  /** Tick a step, 1 to 3. */
  tick(step) {
    if (this.done.has(step)) return;
    this.done.add(step);
    this.draw();
  }

  draw() {
    const type = h(
      "button",
      { type: "button", class: "link-button", onclick: this.onTry },
      h("code", {}, this.command),
    );
    this.node.replaceChildren(
      h("h3", {}, "Try it in a minute"),
      h(
        "ol",
        {},
        this.step(1, ["Type ", type], "A form opens."),
        this.step(2, "Paste the four values", "One press on Fill types them for you."),
        this.step(3, "Break it and watch", "Lock the user, see the alert arrive, mend it, press Test now."),
      ),
      h("p", { class: "coach-then" }, "Then:", this.then.map(([words, go]) =>
        h("button", { type: "button", class: "link-button", onclick: go }, words))),
    );
  }

  step(number, title, about) {
    const done = this.done.has(number);
    const mark = h(
      "span",
      { class: "step-mark" },
      done ? [icon("check"), h("span", { class: "unseen" }, "done")] : String(number),
    );
    return h(
      "li",
      { class: done ? "step done" : "step" },
      mark,
      h("span", {}, h("strong", {}, title), h("small", {}, about)),
    );
  }
}
