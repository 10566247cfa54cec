/** The page put together: everything knows only what is handed to it here. */

import { Chat } from "./chat.js";
import { Coach } from "./coach.js";
import { drawFillBar, fillForm, isForm } from "./connect_form.js";
import { Directory } from "./directory.js";
import { focused, h } from "./dom.js";
import { closeDrawers, isNarrow, toggleDrawer } from "./drawers.js";
import { Home } from "./home.js";
import { Modal } from "./modal.js";
import { Panel } from "./panel.js";
import { WorkspacePage } from "./panel_workspace.js";
import { Server } from "./server.js";
import { Sidebar } from "./sidebar.js";
import { toast } from "./toast.js";

const PERSON = "sandbox-person";
const RETRY = 2000;

const server = new Server();
let state = { team: { name: "" }, me: "", people: [], channels: [], app: { name: "", commands: [], shortcuts: [] } };
let directory = new Directory();
let open = null;
let viewsHeard = 0;
let stopListening = () => {};

const live = h("div", { class: "unseen", role: "status", "aria-live": "polite" });
const banner = h("div", { class: "banner", role: "status", hidden: true });
const shade = h("div", { class: "shade", onclick: closeDrawers });
const coach = new Coach({
  onTry: () => chat.composer.write(coach.command),
  then: [
    ["see six weeks of history", () => chat.send({ text: `${coach.command.split(" ")[0]} status` })],
    ["open Home", openHome],
    ["be a member", () => actAs(state.people.find(({ role }) => role === "member").id)],
    ["break the chat", () => showPanel("workspace")],
  ],
});
const sidebar = new Sidebar({ onChannel: openChannel, onHome: openHome, onActAs: actAs });
const chat = new Chat({
  server,
  directory: () => directory,
  shortcuts: () => state.app.shortcuts,
  welcome: coach.node,
  say,
  onMenu: () => toggleDrawer("sidebar"),
  onPanel: () => toggleDrawer("panel"),
  onHome: openHome,
});
const home = new Home({
  server,
  directory: () => directory,
  onMenu: () => toggleDrawer("sidebar"),
  onMessages: openDirectMessages,
  onFailed: fail,
});
const modal = new Modal({ server, directory: () => directory, extra: (view) => drawFillBar(view, panel.values, fill), onSubmitted, onFailed: fail });
const workspace = new WorkspacePage({ act: changeWorkspace, onActAs: actAs });
const panel = new Panel({
  server,
  fill,
  canFill: () => isForm(modal.top),
  workspace: workspace.node,
  onBroken: () => coach.tick(3),
  onFailed: fail,
  onClose: closeDrawers,
});

document.body.append(
  h("main", { class: "stage" }, sidebar.node, chat.node, home.node, modal.node),
  panel.node,
  shade,
  banner,
  live,
);
document.addEventListener("keydown", (event) => event.key === "Escape" && closeDrawers());
start();

async function start() {
  server.me = new URLSearchParams(location.search).get("as") ?? sessionStorage.getItem(PERSON) ?? "";
  await begin().catch(beginAgain);
  document.body.classList.toggle("with-panel", await panel.start());
}

async function begin() {
  stopListening();
  chat.forget();
  modal.reset();
  await refreshState();
  server.me = state.me;
  stopListening = server.listen({ onEvent: hear, onOpen: catchUp, onLost: showLost, onGone: beginAgain });
}

function showLost() {
  showBanner("Reconnecting to the sandbox…");
}

function beginAgain() {
  showLost();
  setTimeout(() => begin().catch(beginAgain), RETRY);
}

/** All that may have been missed, each time the stream of events begins. */
async function catchUp() {
  showBanner("");
  await refreshState();
  await (open === "home" ? openHome() : openChannel(directory.channel(open) ? open : firstChannel()));
  await refreshViews();
  const direct = state.channels.filter(({ kind }) => kind === "im");
  await Promise.all(direct.map(({ id }) => chat.countUnread(id)));
  drawSidebar();
}

function firstChannel() {
  return (state.channels.find(({ archived }) => !archived) ?? state.channels[0])?.id;
}

async function refreshState() {
  const answer = await server.state();
  if (answer.ok === false) return showBanner(answer.error);
  const channels = answer.channels.map((channel) => named(channel, answer.app));
  state = { ...answer, channels: channels.toSorted((one, other) => one.name.localeCompare(other.name)) };
  directory = new Directory(state);
  const [first] = state.app.commands;
  if (first) coach.teach(`${first.command} ${(first.usage_hint ?? "").split("|")[0].trim()}`.trim());
  if (!state.app.connected) showBanner(`${state.app.name} is not connected: nobody answers commands and buttons.`);
  else showBanner("");
  return drawFrame();
}

/** A direct message is called like the app at its other end. */
function named(channel, app) {
  return channel.kind === "im" ? { ...channel, name: app.name } : channel;
}

function drawFrame() {
  drawSidebar();
  workspace.show(state);
  if (open !== "home") chat.drawHeader(state.app.commands);
  document.title = `${directory.channel(open)?.name ?? state.app.name} · Sandbox chat`;
}

function drawSidebar() {
  sidebar.show({ state, open, unread: chat.unread });
}

/** The views as they are, asked again where one changed meanwhile. */
async function refreshViews() {
  const before = viewsHeard;
  const { stack, home: view } = await server.views();
  if (viewsHeard !== before) return refreshViews();
  modal.show(stack);
  home.show(view, state.app);
  return panel.draw();
}

const EVENTS = {
  message: ({ message }) => chat.put(message),
  message_changed: ({ message }) => chat.put(message),
  message_deleted: ({ channel, ts }) => chat.drop(channel, ts),
  view_opened: ({ view }) => openView(view),
  view_pushed: ({ view }) => openView(view),
  view_updated: ({ view }) => (view.type === "home" ? home.show(view, state.app) : modal.update(view)),
  views_closed: ({ views }) => modal.close(views),
  home: ({ view }) => home.show(view, state.app),
  state: () => refreshState(),
  failed: ({ text }) => fail(text),
};

function hear(event) {
  EVENTS[event.type]?.(event);
  if (isForm(modal.top)) coach.tick(1);
  if (/^(view|home)/.test(event.type)) {
    viewsHeard += 1;
    panel.draw();
  }
  if (event.type === "message") drawSidebar();
}

function openView(view) {
  closeDrawers();
  modal.open(view);
}

function onSubmitted() {
  if (coach.done.has(1)) coach.tick(2);
  panel.draw();
}

async function openChannel(id) {
  closeDrawers();
  open = id;
  chat.node.hidden = false;
  home.node.hidden = true;
  drawFrame();
  if (!id) return;
  const before = focused();
  await chat.show(id, state.app.commands);
  drawFrame();
  if (!isNarrow() && !modal.top && focused() === before) chat.composer.input.focus();
}

async function openHome() {
  closeDrawers();
  open = "home";
  chat.node.hidden = true;
  home.node.hidden = false;
  drawFrame();
  await server.home();
  await refreshViews();
}

function showPanel(name) {
  panel.select(name);
  if (isNarrow()) toggleDrawer("panel");
  panel.tabs.querySelector("[aria-selected=true]").focus();
}

function openDirectMessages() {
  const direct = state.channels.find(({ kind }) => kind === "im");
  if (direct) openChannel(direct.id);
  else fail(`${state.app.name} has not written to you yet.`);
}

function actAs(id) {
  sessionStorage.setItem(PERSON, id);
  server.me = id;
  return begin();
}

async function changeWorkspace(order) {
  const answer = await server.workspace(order);
  if (answer.ok === false) fail(answer.error);
  await refreshState();
}

async function fill(values) {
  await fillForm(server, modal.top, values);
  await refreshViews();
}

function fail(text) {
  if (open === "home" || modal.top) toast(text);
  if (open !== "home") chat.note(text);
}

function say(text) {
  live.textContent = text;
}

function showBanner(text) {
  banner.hidden = !text;
  banner.textContent = text;
}
