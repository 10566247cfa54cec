/** The make-believe Autotask's admin panel: what there is, and switches to break and mend it. */

import { h, iconButton, refresh } from "./dom.js";
import { drawRequests } from "./panel_requests.js";
import { drawCredentials, drawQuota, drawUser, sampleOf } from "./panel_user.js";
import { drawZones } from "./panel_zones.js";

const EVERY = 2000;
const TABS = { user: "API user", zones: "Zones", requests: "Requests", workspace: "Chat" };
const BREAKING = new Set([
  "regenerate_secret",
  "lock",
  "deactivate",
  "expire",
  "change_tracking",
  "deny",
  "rename_user",
  "move_database",
  "zone_fault",
  "burn_quota",
  "thread_cap",
]);

/** `fill(values)` types into the open form; `canFill()` says whether there is one; `workspace` is a node. */
export class Panel {
  constructor({ server, fill, canFill, workspace, onBroken, onFailed, onClose }) {
    Object.assign(this, { server, fill, canFill, onBroken, onFailed });
    this.open = "user";
    this.past = {};
    this.parts = {
      credentials: card(),
      user: card(),
      quota: card(),
      zones: h("div"),
      requests: h("div"),
      workspace,
    };
    this.pages = {
      user: page("user", this.parts.credentials, this.parts.user, this.parts.quota),
      zones: page("zones", this.parts.zones),
      requests: page("requests", this.parts.requests),
      workspace: page("workspace", workspace),
    };
    this.tabs = h(
      "div",
      { class: "tabs", role: "tablist", "aria-label": "Admin panel", onkeydown: (event) => this.walk(event) },
    );
    this.tenant = h("small");
    const close = iconButton("close", "Close the panel", onClose, { class: "icon-button only-narrow" });
    const title = h("div", { class: "panel-title" }, h("h2", {}, "Autotask admin"), this.tenant);
    const props = { class: "panel", id: "panel", "aria-label": "Autotask admin", hidden: true };
    const scroller = h("div", { class: "panel-scroll" }, Object.values(this.pages));
    this.node = h("aside", props, h("header", { class: "header" }, title, close), this.tabs, scroller);
    this.select("user");
  }

  /** Ask now and, while somebody can see it, again and again. Resolves to whether there is a panel. */
  async start() {
    await this.poll();
    if (!this.state) return false;
    setInterval(() => document.visibilityState === "visible" && this.node.checkVisibility() && this.poll(), EVERY);
    return true;
  }

  async poll() {
    try {
      this.show(await this.server.autotask());
    } catch {
      this.node.classList.add("stale");
    }
  }

  show(state) {
    if (!state) return;
    this.state = state;
    this.node.classList.remove("stale");
    this.node.hidden = false;
    this.draw();
  }

  /** The four values of the sample API user, or null. */
  get values() {
    return this.state && sampleOf(this.state).values;
  }

  draw() {
    if (!this.state) return;
    const { tenant, user, values } = sampleOf(this.state);
    const { zones, requests } = this.state;
    const act = (order) => this.do(order);
    this.tenant.textContent = `${tenant.name} · make-believe`;
    refresh(
      this.parts.credentials,
      [values, this.canFill()],
      () => drawCredentials(values, { canFill: this.canFill(), fill: () => this.fill(values) }),
    );
    refresh(
      this.parts.user,
      [user, tenant.lock_after, this.past],
      () => drawUser({ user, tenant, past: this.past, act }),
    );
    refresh(this.parts.quota, [tenant.hourly_used, tenant.hourly_limit], () => drawQuota(tenant, act));
    const { quirks, thread_cap: cap } = this.state;
    refresh(
      this.parts.zones,
      [zones, tenant.zone, tenant.name, quirks, cap],
      () => drawZones(this.state, tenant, act),
    );
    refresh(this.parts.requests, [requests, zones.map(({ name }) => name)], () => drawRequests(requests, zones));
  }

  async do(order) {
    const before = sampleOf(this.state).user;
    const answer = await this.server.autotaskDo(order);
    if (answer.error) return this.onFailed(answer.error);
    this.remember(order, before);
    if (BREAKING.has(order.do) && order.fault !== "none") this.onBroken();
    return this.show(answer);
  }

  /** What a change replaced can be put back. */
  remember({ do: verb, new: name }, before) {
    if (verb === "regenerate_secret") this.past.secret ??= before.secret;
    if (verb === "set_secret") delete this.past.secret;
    if (verb !== "rename_user") return;
    if (this.past.username === name) delete this.past.username;
    else this.past.username ??= before.username;
  }

  select(name) {
    this.open = name;
    refresh(this.tabs, name, () => Object.entries(TABS).map(([each, title]) => this.drawTab(each, title)));
    for (const [each, node] of Object.entries(this.pages)) node.hidden = each !== name;
  }

  drawTab(name, title) {
    const current = name === this.open;
    return h(
      "button",
      {
        type: "button",
        class: "tab",
        role: "tab",
        id: `tab-${name}`,
        "data-key": name,
        "aria-controls": `page-${name}`,
        "aria-selected": String(current),
        tabindex: current ? "0" : "-1",
        onclick: () => this.select(name),
      },
      title,
    );
  }

  walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const names = Object.keys(TABS);
    this.select(names.at((names.indexOf(this.open) + step) % names.length));
    this.tabs.querySelector("[aria-selected=true]").focus();
  }
}

function card() {
  return h("section", { class: "card" });
}

function page(name, ...parts) {
  return h(
    "div",
    { class: "panel-page", role: "tabpanel", id: `page-${name}`, "aria-labelledby": `tab-${name}` },
    parts,
  );
}
