/** The latest requests that reached the make-believe Autotask. */

import { clockWithSeconds } from "./dates.js";
import { h } from "./dom.js";

/** Newest first. */
export function drawRequests(requests, zones) {
  if (requests.length === 0) return h("p", { class: "nothing-yet" }, "Nothing has been asked yet.");
  const names = new Map(zones.map(({ number, name }) => [number, name]));
  return h("ol", { class: "requests" }, requests.map((request) => drawRequest(request, names)));
}

function drawRequest(request, names) {
  const { at, method, path, status, ms, zone } = request;
  return h("li", {}, h("span", { class: `status ${verdict(status)}` }, status || "cut"),
    h("span", { class: "request-words" }, h("span", { class: "request-path", title: path }, h("b", {}, method), " ", shorten(path)),
      h("small", {}, `${clockWithSeconds(at)} · ${names.get(zone) ?? zone} · ${ms} ms`)));
}

function verdict(status) {
  if (status >= 200 && status < 300) return "good";
  return status === 429 ? "warn" : "bad";
}

function shorten(path) {
  return path.replace(/^\/+ATServicesRest/i, "");
}
