/** What people typed into a view: shown at once, told to the server a moment later. */

const PAUSE = 250;

export class Typing {
  /** `viewOf(id)`: the view as it is now, or undefined. */
  constructor(server, viewOf) {
    this.server = server;
    this.viewOf = viewOf;
    this.forget();
  }

  /** Start afresh, for another view. */
  forget() {
    clearTimeout(this.timer);
    this.untold = new Map();
    this.any = false;
  }

  /** Tell nothing until more is typed: all of it is about to be submitted. */
  hush() {
    clearTimeout(this.timer);
  }

  /** Drop what belongs to inputs that `view` no longer has. */
  prune(view) {
    for (const [key, { block, action }] of this.untold) if (!holds(view, block, action)) this.untold.delete(key);
  }

  /** The server's values of `view` with everything on top that it does not hold yet. */
  over(view) {
    const values = structuredClone(view.values ?? {});
    for (const { block, action, state } of this.untold.values()) (values[block] ??= {})[action] = state;
    return values;
  }

  /** Keep one value; `now` does not wait for a pause in the typing, and what `waits` is not told. */
  remember(view, [block, action], { state, now, waits }) {
    this.any = true;
    this.untold.set(`${block}\n${action}`, { id: view.id, block, action, state, waits });
    clearTimeout(this.timer);
    if (now) this.tell();
    else this.timer = setTimeout(() => this.tell(), PAUSE);
  }

  async tell() {
    for (const [key, value] of [...this.untold].filter(([, { waits }]) => !waits)) {
      await this.server.type(value.id, value.block, value.action, value.state);
      if (this.untold.get(key) === value) this.told(key, value);
    }
  }

  told(key, { id, block, action, state }) {
    this.untold.delete(key);
    const view = this.viewOf(id);
    if (view) ((view.values ??= {})[block] ??= {})[action] = state;
  }
}

function holds(view, block, action) {
  return view.blocks.some((each) => each.block_id === block && each.element?.action_id === action);
}
