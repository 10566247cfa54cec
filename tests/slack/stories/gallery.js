/** The gallery: every story, drawn by the sandbox page's own renderer, with an index. */

import { renderBlocks } from "./blocks.js";
import { Directory } from "./directory.js";
import { h } from "./dom.js";
import { drawMessage } from "./messages.js";
import { Modal } from "./modal.js";

const { stories, people, channels, now } = JSON.parse(document.getElementById("stories").textContent);
const APP = { id: "app", name: "Autotask Watch", role: "bot" };
const directory = new Directory({ people: [...people, APP], channels });
const nowhere = new Proxy({}, { get: () => async () => ({ ok: true }) });

/** The clock stands at the moment that the stories are about. */
globalThis.Date = class extends Date {
  constructor(...given) {
    super(...(given.length ? given : [now * 1000]));
  }
  static now() {
    return now * 1000;
  }
};

function drawStory(story) {
  const drawn = story.message ? drawSaid(story) : story.view.type === "home" ? drawHome(story.view) : drawModal(story);
  return h("figure", { class: "story", id: story.id }, h("figcaption", {}, story.name), drawn);
}

function drawSaid({ message, ephemeral }) {
  const said = { ...message, ts: now, user: APP.id, channel: "", ephemeral };
  return h("ol", { class: "surface" }, drawMessage(said, { directory, onPress() {} }));
}

function drawHome({ blocks }) {
  return h("div", { class: "surface home-body" }, renderBlocks(blocks, { surface: "home", directory }));
}

function drawModal({ view, errors }) {
  const modal = new Modal({ server: nowhere, directory: () => directory, onSubmitted() {}, onFailed() {} });
  Object.assign(modal, { stack: [view], errors });
  return modal.drawDialog(view);
}

const groups = Map.groupBy(stories, ({ group }) => group);
const idOf = (group) => `group-${[...groups.keys()].indexOf(group)}`;

document.body.append(
  h(
    "nav",
    { "aria-label": "Index" },
    h("h1", {}, "Gallery"),
    h("p", {}, `${stories.length} stories: everything that people see, drawn as in the sandbox's page.`),
    h(
      "ul",
      {},
      [...groups].map(([group, told]) =>
        h("li", {}, h("a", { href: `#${idOf(group)}` }, group), h("small", {}, ` ${told.length}`)),
      ),
    ),
  ),
  h(
    "main",
    {},
    [...groups].map(([group, told]) =>
      h("section", { id: idOf(group) }, h("h2", {}, group), told.map(drawStory)),
    ),
  ),
);
