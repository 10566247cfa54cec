/** The sandbox's JSON API: the make-believe chat, and the make-believe Autotask beside it. */

const SILENT = "The sandbox does not answer. Is it still running?";

/** Everything is asked and done as `me`, the id of a person ("" until known). */
export class Server {
  me = "";

  /** Where nobody, or somebody unknown, asks, the first admin is answered. */
  async state() {
    const state = await this.#get("page/state");
    if (state.ok !== false || !this.me) return state;
    this.me = "";
    return this.state();
  }

  messages(channel) {
    return this.#get("page/messages", { channel });
  }

  views() {
    return this.#get("page/views");
  }

  say(message) {
    return this.#post("page/say", message);
  }

  type(view_id, block_id, action_id, value) {
    return this.#post("page/type", { view_id, block_id, action_id, value });
  }

  press(container, block_id, action_id, value) {
    return this.#post("page/press", { container, block_id, action_id, value });
  }

  /** What the app offers for `text` in a menu that it fills: `{option_groups}`. */
  suggest(view_id, block_id, action_id, text) {
    return this.#post("page/suggest", { view_id, block_id, action_id, text });
  }

  submit(view_id, values) {
    return this.#post("page/submit", { view_id, values });
  }

  /** Close a view, or `everything` of the stack that it belongs to. */
  close(view_id, everything) {
    return this.#post("page/close", { view_id, everything });
  }

  shortcut(callback_id) {
    return this.#post("page/shortcut", { callback_id });
  }

  home() {
    return this.#post("page/home", {});
  }

  workspace(order) {
    return this.#post("page/workspace", order);
  }

  /** The Autotask panel's state; null where this world runs without it. */
  async autotask() {
    const response = await fetch("autotask/state");
    return response.ok ? response.json() : null;
  }

  /** Throw a switch; the new state, or `{error}`. */
  autotaskDo(order) {
    return send("autotask/do", order);
  }

  /**
   * Hear of everything that happens. The browser reconnects by itself; `onGone` means that it
   * cannot, as in a world that has started afresh. Returns how to stop.
   */
  listen({ onEvent, onOpen, onLost, onGone }) {
    const source = new EventSource(`page/events?as=${encodeURIComponent(this.me)}`);
    source.onmessage = ({ data }) => onEvent(JSON.parse(data));
    source.onopen = onOpen;
    source.onerror = () => (source.readyState === EventSource.CLOSED ? onGone() : onLost());
    return () => source.close();
  }

  async #get(path, query = {}) {
    const response = await fetch(`${path}?${new URLSearchParams({ ...(this.me && { as: this.me }), ...query })}`);
    if (!response.ok) throw new Error(SILENT);
    return response.json();
  }

  #post(path, body) {
    return send(path, { as: this.me, ...body });
  }
}

async function send(path, body) {
  try {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    return await response.json();
  } catch {
    return { ok: false, error: SILENT };
  }
}
