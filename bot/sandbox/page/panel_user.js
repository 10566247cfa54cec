/** The API user: the four values to paste, what can go wrong with them, and the hourly quota. */

import { askText } from "./ask.js";
import { h, icon, iconButton } from "./dom.js";
import { drawRow, drawSwitch } from "./switches.js";

const NAMES = {
  url: "REST API URL",
  integration_code: "API Integration Code",
  secret: "Secret",
  username: "Username",
};

/** The sample tenant, its API user, and the values as the form's block ids call them. */
export function sampleOf({ tenants, zones }) {
  const tenant = tenants[0];
  const user = tenant.users.find(({ kind }) => kind === "api") ?? null;
  const zone = zones.find(({ number }) => number === tenant.zone);
  const values = user && {
    url: `${zone.base_url}/ATServicesRest/V1.0`,
    integration_code: user.integration_code,
    secret: user.secret,
    username: user.username,
  };
  return { tenant, user, values };
}

/** The card to copy from. */
export function drawCredentials(values, { canFill, fill }) {
  if (!values) return [h("h3", {}, "No API user"), h("p", { class: "about" }, "This database has none left.")];
  return [
    h("h3", {}, "Paste these four values"),
    h(
      "dl",
      { class: "values" },
      Object.entries(NAMES).map(([name, title]) => drawValue(name, title, values[name])),
    ),
    h(
      "button",
      { type: "button", class: "button primary wide", disabled: !canFill, onclick: fill, "data-key": "fill" },
      "Fill the open form",
    ),
    !canFill && h("p", { class: "about" }, "Open the form in the chat first."),
  ].filter(Boolean);
}

function drawValue(name, title, value) {
  const copy = async (event) => {
    const button = event.currentTarget;
    await navigator.clipboard.writeText(value);
    button.replaceChildren(icon("check"));
    setTimeout(() => button.replaceChildren(icon("copy")), 1200);
  };
  return h(
    "div",
    { class: "value" },
    h("dt", {}, title),
    h(
      "dd",
      { "data-value": name },
      h("code", { title: value }, value),
      iconButton("copy", `Copy ${title}`, copy, { "data-key": `copy-${name}` }),
    ),
  );
}

/** The API user's state and switches. `past`: the secret and the username before they were changed. */
export function drawUser({ user, tenant, past, act }) {
  if (!user) return [
    h("h3", {}, "API user"),
    h(
      "button",
      { type: "button", class: "button", onclick: () => act({ do: "add_user", tenant: tenant.name }) },
      "Create one",
    ),
  ];
  const order = (verb, more = {}) => act({ do: verb, username: user.username, ...more });
  return [
    h("div", { class: "card-heading" }, h("h3", {}, "API user"), drawState(user)),
    h("ul", { class: "rows" }, drawSwitches(user, tenant, order), drawChanges({ user, past, order })),
  ];
}

function drawState(user) {
  const [word, kind] = trouble(user);
  return h("span", { class: `state ${kind}`, role: "status" }, word);
}

function trouble(user) {
  if (!user.active) return ["Inactive", "bad"];
  if (user.locked) return ["Locked", "bad"];
  if (user.expired) return ["Password expired", "bad"];
  if (user.denied.length) return ["Permission missing", "warn"];
  return ["Active", "good"];
}

function drawSwitches(user, tenant, order) {
  const denied = user.denied.includes("Companies");
  const failures = user.failures
    ? `${user.failures} failed sign-ins in a row.`
    : `Locks by itself after ${tenant.lock_after} failed sign-ins.`;
  return [
    drawSwitch({
      title: "Lock",
      about: failures,
      on: user.locked,
      bad: true,
      onChange: (on) => order(on ? "lock" : "unlock"),
    }),
    drawSwitch({
      title: "Deactivate",
      about: "Somebody clears the Active check box.",
      on: !user.active,
      bad: true,
      onChange: (on) => order(on ? "deactivate" : "activate"),
    }),
    drawSwitch({
      title: "Expire the password",
      about: "The secret has reached its age.",
      on: user.expired,
      bad: true,
      onChange: (on) => order(on ? "expire" : "renew"),
    }),
    drawSwitch({
      title: "Take away the Companies permission",
      about: "Signing in works, reading does not.",
      on: denied,
      bad: true,
      onChange: (on) => order(on ? "deny" : "allow", { entity: "Companies" }),
    }),
  ];
}

function drawChanges({ user, past, order }) {
  const secret = past.secret
    ? { label: "Put the old one back", run: () => order("set_secret", { secret: past.secret }) }
    : { label: "Regenerate", run: () => order("regenerate_secret") };
  const name = past.username
    ? { label: "Put it back", run: () => order("rename_user", { new: past.username }) }
    : { label: "Rename…", run: () => rename(user, order) };
  return [
    drawRow({ title: "Regenerate the secret", about: "The old one stops working at once.", ...secret }),
    drawRow({
      title: "Change the tracking identifier",
      about: "Then paste the new integration code.",
      label: "Change",
      run: () => order("change_tracking"),
    }),
    drawRow({ title: "Rename", about: user.username, ...name }),
  ];
}

async function rename(user, order) {
  const value = `renamed-${user.username.split("@")[0]}`;
  const name = await askText({ title: "Rename the API user", label: "New username", value, yes: "Rename" });
  if (name) order("rename_user", { new: name });
}

/** How much of the hour's calls is used, to be moved by hand. */
export function drawQuota(tenant, act) {
  const { hourly_used: used, hourly_limit: limit } = tenant;
  const share = Math.round((100 * used) / limit);
  const words = (value) => `${value.toLocaleString()} of ${limit.toLocaleString()}`;
  const output = h("output", {}, words(used));
  const slider = h(
    "input",
    {
      type: "range",
      min: 0,
      max: limit,
      step: Math.max(1, limit / 100),
      value: used,
      "aria-label": "Calls used this hour",
      "data-key": "quota",
    },
  );
  slider.style.setProperty("--share", `${share}%`);
  slider.addEventListener("input", () => {
    output.textContent = words(Number(slider.value));
    slider.style.setProperty("--share", `${(100 * slider.value) / limit}%`);
  });
  slider.addEventListener(
    "change",
    () => act({ do: "burn_quota", tenant: tenant.name, used: Math.round(slider.value) }),
  );
  return [h("div", { class: "card-heading" }, h("h3", {}, "Calls this hour"), output), slider];
}
