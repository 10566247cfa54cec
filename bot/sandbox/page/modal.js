/** The modal on top of the stack: what is typed is kept here until the server holds it. */

import { ask } from "./ask.js";
import { renderBlocks } from "./blocks.js";
import { h, icon, iconButton } from "./dom.js";
import { isNarrow } from "./drawers.js";
import { Typing } from "./typing.js";

const FIELDS = ".block-input :is(input, textarea)";
const BEGINNINGS = ["[data-focus]", FIELDS, ".block-actions button:not(.danger)", ".submit, .modal-footer button"];
const FOCUSABLE = ":is(a[href], button, input, textarea, select):not(:disabled)";

/** Shows `stack`, the views of the server from the root to the top. `extra(view)` may add a line. */
export class Modal {
  constructor({ server, directory, extra, onSubmitted, onFailed }) {
    Object.assign(this, { server, directory, extra, onSubmitted, onFailed });
    this.node = h("div", { class: "modal-layer", hidden: true, onkeydown: (event) => this.onKey(event) });
    this.reset();
  }

  /** Forget the stack: somebody else looks. */
  reset() {
    this.stack = [];
    this.errors = {};
    this.typing = new Typing(this.server, (id) => this.stack.find((view) => view.id === id));
    this.draw();
  }

  /** The view that people see, or undefined. */
  get top() {
    return this.stack.at(-1);
  }

  /** Show this stack instead. */
  show(stack) {
    const before = this.top;
    this.stack = stack;
    if (before?.id !== this.top?.id) this.forget();
    else if (this.top) this.typing.prune(this.top);
    if (before?.hash !== this.top?.hash) this.errors = {};
    this.draw();
  }

  /** A view that changed. */
  update(view) {
    this.show(this.stack.map((each) => (each.id === view.id ? view : each)));
  }

  /** A view on top of the others, or the first one. */
  open(view) {
    this.show([...this.stack.filter(({ id }) => id !== view.id), view]);
  }

  /** These views are gone. */
  close(ids) {
    this.show(this.stack.filter(({ id }) => !ids.includes(id)));
  }

  forget() {
    this.typing.forget();
    this.errors = {};
    this.failure = null;
    this.busy = false;
  }

  draw() {
    const view = this.top;
    this.node.hidden = !view;
    if (!view) return this.leave();
    const looks = [view.id, view.title, view.blocks, view.submit, view.close, this.typing.over(view)];
    const seen = JSON.stringify([looks, this.errors, this.failure, this.busy]);
    if (seen === this.seen) return undefined;
    const place = this.place();
    this.seen = seen;
    const dialog = this.drawDialog(view);
    this.node.replaceChildren(dialog);
    return this.restore(place, view);
  }

  leave() {
    if (this.seen) this.before?.focus?.();
    this.seen = null;
    this.before = null;
    this.node.replaceChildren();
  }

  drawDialog(view) {
    const title = plain(view.title);
    const form = h("form", { class: "modal-form", novalidate: true, onsubmit: (event) => this.submit(event) });
    form.append(
      this.drawHeader(view, title),
      h("div", { class: "modal-body" }, this.extra?.(view), this.drawBlocks(view)),
      this.drawFooter(view),
    );
    return h(
      "div",
      { class: "modal", role: "dialog", "aria-modal": String(isNarrow()), "aria-label": title, tabindex: "-1" },
      form,
    );
  }

  drawHeader(view, title) {
    const back = this.stack.length > 1 && iconButton("back", "Back", () => this.dismiss(view.id));
    return h(
      "header",
      { class: "modal-header" },
      back,
      h("h2", {}, title),
      iconButton("close", "Close", () => this.dismiss(view.id, { everything: true })),
    );
  }

  drawBlocks(view) {
    return renderBlocks(view.blocks, {
      surface: "modal",
      directory: this.directory(),
      values: this.typing.over(view),
      errors: this.errors,
      onAction: (...pressed) => this.press(view, pressed),
      onSuggest: (...sought) => this.server.suggest(view.id, ...sought),
      onType: (block, action, state, how) => this.onType(view, [block, action], { state, ...how }),
    });
  }

  /** What was typed reaches the server before what is pressed. */
  async press(view, pressed) {
    await this.typing.tell();
    const answer = await this.server.press({ view_id: view.id }, ...pressed);
    if (answer.ok === false) this.onFailed(answer.error);
  }

  onType(view, [block, action], typed) {
    if (this.errors[block]) this.clearError(block);
    this.typing.remember(view, [block, action], typed);
  }

  clearError(block) {
    delete this.errors[block];
    const field = this.node.querySelector(`[data-block-id="${CSS.escape(block)}"]`);
    field?.classList.remove("invalid");
    field?.querySelector(".field-error")?.remove();
    field?.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
  }

  drawFooter(view) {
    const close = h(
      "button",
      { type: "button", class: "button", onclick: () => this.dismiss(view.id) },
      plain(view.close) || "Close",
    );
    const submit = view.submit && h(
      "button",
      { class: `button primary submit ${this.busy ? "busy" : ""}`, disabled: this.busy },
      plain(view.submit),
    );
    const failure = this.failure && h(
      "p",
      { class: "modal-failure", role: "alert" },
      icon("warning"),
      this.failure,
    );
    return h("footer", { class: "modal-footer" }, failure, close, submit);
  }

  async submit(event) {
    event.preventDefault();
    const view = this.top;
    if (this.busy || !view.submit) return;
    this.busy = true;
    this.failure = null;
    this.errors = {};
    this.typing.hush();
    this.draw();
    const answer = await this.server.submit(view.id, this.typing.over(view));
    if (this.top?.id === view.id || answer.ok) this.settle(answer);
  }

  settle(answer) {
    this.busy = false;
    this.errors = answer.errors ?? {};
    this.failure = answer.ok || answer.errors ? null : answer.error;
    this.draw();
    if (answer.ok) this.onSubmitted();
    this.node.querySelector("[aria-invalid], .invalid input")?.focus();
  }

  async dismiss(id, { everything = false } = {}) {
    const lost = this.top.notify_on_close && this.typing.any;
    const question = {
      title: "Discard what you typed?",
      text: "It has not been sent yet.",
      yes: "Discard",
      no: "Keep editing",
      danger: true,
    };
    if (lost && !(await ask(question))) return;
    const answer = await this.server.close(id, everything);
    if (answer.ok === false) this.close(everything ? this.stack.map((view) => view.id) : [id]);
  }

  onKey(event) {
    if (event.key === "Escape") this.dismiss(this.top.id);
    else if (event.key === "Tab") this.turn(event);
  }

  turn(event) {
    const stops = [...this.node.querySelectorAll(FOCUSABLE)].filter((stop) => stop.checkVisibility());
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement !== edge && this.node.contains(document.activeElement)) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
  }

  place() {
    const active = document.activeElement;
    if (!this.node.contains(active)) {
      this.before ??= active;
      return { elsewhere: this.seen !== null && active !== document.body };
    }
    const block = active.closest("[data-block-id]")?.dataset.blockId;
    const caret = /^(text|textarea)$/.test(active.type ?? "") ? [active.selectionStart, active.selectionEnd] : null;
    return {
      block,
      action: active.dataset.actionId,
      caret,
      scroll: this.node.querySelector(".modal-body")?.scrollTop,
    };
  }

  restore({ elsewhere, block, action, caret, scroll }, view) {
    this.node.querySelector(".modal-body").scrollTop = scroll ?? 0;
    if (elsewhere) return;
    const same = block && this.node.querySelector(
      `[data-block-id="${CSS.escape(block)}"] [data-action-id="${CSS.escape(action ?? "")}"]`,
    );
    (same || this.first())?.focus({ preventScroll: Boolean(same) });
    if (same) showWhole(same.closest("[data-block-id]"));
    if (same && caret) same.setSelectionRange?.(...caret);
  }

  /** Where the app says so; else where something is asked for; else what leads on. */
  first() {
    return BEGINNINGS.map((each) => this.node.querySelector(each)).find(Boolean);
  }
}

/** Scroll as little as shows a block, and the remark that stands below it. */
function showWhole(block) {
  const below = block.nextElementSibling;
  for (const each of [below?.matches(".block-context, .block-alert") && below, block])
    if (each) each.scrollIntoView({ block: "nearest" });
}

function plain(text) {
  return typeof text === "string" ? text : (text?.text ?? "");
}
