/** The data centres: what is wrong with each, and where the database lives. */

import { h } from "./dom.js";
import { drawSwitch } from "./switches.js";

const FAULTS = {
  none: "Works",
  slow: "Slow",
  outage_5xx: "Down (503)",
  maintenance: "Maintenance page (503)",
  maintenance_200: "Maintenance page (200)",
  hang: "Never answers",
  drip: "Answers byte by byte",
  garbage: "Answers nonsense",
  reset: "Drops the connection",
  redirect: "Redirects elsewhere",
  tls: "Shows another's certificate",
};

/** A card per zone, one for all of them, and what concerns every call. */
export function drawZones(state, tenant, act) {
  const { zones } = state;
  const kinds = new Set(zones.map(({ fault }) => fault));
  const everywhere = { number: "all", name: "All zones at once", fault: kinds.size === 1 ? zones[0].fault : "" };
  return [
    ...zones.map((zone) => drawZone(zone, tenant, act)),
    h("section", { class: "card zone" }, h("h3", {}, everywhere.name), drawFault(everywhere, act)),
    h("section", { class: "card" }, h("h3", {}, "Limits"), h("ul", { class: "rows" }, drawLimits(state, act))),
  ];
}

function drawLimits({ quirks, thread_cap: cap }, act) {
  return [
    drawSwitch({
      title: "Threads used up",
      about: "As if another integration with this tracking identifier took all three.",
      on: cap === 0,
      bad: true,
      onChange: (on) => act({ do: "thread_cap", n: on ? 0 : 3 }),
    }),
    drawSwitch({
      title: "Slow from half the hourly calls on",
      about: "Half a second per call from 50 % of the hour's calls, a second from 75 %.",
      on: quirks.latency_bands,
      bad: true,
      onChange: (on) => act({ do: "quirk", name: "latency_bands", value: on }),
    }),
  ];
}

function drawZone(zone, tenant, act) {
  const here = zone.number === tenant.zone;
  const move = () => act({ do: "move_database", tenant: tenant.name, zone: zone.number });
  const place = here
    ? h("span", { class: "state good" }, "Database is here")
    : h(
      "button",
      { type: "button", class: "button small", onclick: move, "data-key": `move-${zone.number}` },
      "Move it here",
    );
  return h(
    "section",
    { class: "card zone" },
    h(
      "div",
      { class: "card-heading" },
      h("span", {}, h("h3", {}, zone.name), h("code", { class: "address" }, zone.base_url)),
      place,
    ),
    drawFault(zone, act),
  );
}

function drawFault(zone, act) {
  const choose = (event) => act({ do: "zone_fault", zone: zone.number, fault: event.currentTarget.value });
  const several = zone.fault === "" && h("option", { value: "", selected: true, disabled: true }, "Different");
  const plain = zone.base_url?.startsWith("http:");
  const kinds = Object.entries(FAULTS).filter(([kind]) => kind !== "tls" || !plain);
  const options = kinds.map(([kind, title]) => h(
    "option",
    { value: kind, selected: kind === zone.fault },
    title,
  ));
  const trouble = zone.fault !== "none" && zone.fault !== "";
  return h(
    "select",
    {
      class: trouble ? "native-select bad" : "native-select",
      "aria-label": `What is wrong with ${zone.name}`,
      onchange: choose,
      "data-key": `fault-${zone.number}`,
    },
    several,
    options,
  );
}
