/** The one renderer of Block Kit: messages, modals, the Home tab and any gallery draw with it. */

import { cannotDraw } from "./cannot_draw.js";
import { freshId, h, icon } from "./dom.js";
import { drawElement } from "./elements.js";
import { withEmoji } from "./emoji.js";
import { drawMarkdown } from "./markdown.js";
import { mrkdwn } from "./mrkdwn.js";
import { drawRichText } from "./rich_text.js";
import { drawTable } from "./table.js";

const NOBODY = { person: () => undefined, channel: () => undefined, people: [], channels: [] };
const ONLY_ON = { alert: ["modal"], markdown: ["message"], table: ["message"] };
const BLOCKS = {
  section: drawSection,
  header: (block) => h("h3", { class: "block-header" }, withEmoji(block.text?.text ?? "")),
  divider: () => h("hr"),
  context: drawContext,
  actions: drawActions,
  input: drawInput,
  image: drawImage,
  rich_text: (block, drawing) => drawRichText(block, drawing.directory),
  alert: drawAlert,
  markdown: (block) => drawMarkdown(block.text ?? ""),
  table: (block, drawing) => drawTable(block, drawing.directory),
};

/**
 * Blocks as nodes.
 *
 * `surface`: "message", "modal" or "home". `values`: what the client holds, as
 * `{block_id: {action_id: state}}`. `errors`: a sentence per block_id. `onAction(block_id,
 * action_id, state)`: something was pressed or chosen outside an input block. `onType(block_id,
 * action_id, state, {now, waits})`: an input changed, `now` by the Enter key that the app listens
 * to, or it `waits` for that. `directory`: names of people and channels.
 */
export function renderBlocks(blocks, options = {}) {
  const drawing = {
    surface: "message",
    values: {},
    errors: {},
    directory: NOBODY,
    onAction() {},
    onType() {},
    ...options,
  };
  const fragment = document.createDocumentFragment();
  for (const [index, block] of (blocks ?? []).entries()) {
    fragment.append(drawBlock({ block_id: `block-${index}`, ...block }, drawing));
  }
  return fragment;
}

/** Attachments: a bar of their colour beside their blocks or their text. */
export function renderAttachments(attachments, options) {
  return (attachments ?? []).map((attachment) => {
    const body = h("div", { class: "attachment-body" });
    if (attachment.blocks?.length) body.append(renderBlocks(attachment.blocks, options));
    else body.append(...attachmentText(attachment, options.directory ?? NOBODY));
    const node = h("div", { class: "attachment" }, body);
    if (attachment.color) node.style.setProperty("--bar", barColor(attachment.color));
    return node;
  });
}

function attachmentText({ title, text, fallback }, directory) {
  const lines = [
    title && h("strong", {}, withEmoji(title)),
    mrkdwn(text ?? (title ? "" : fallback ?? ""), directory),
  ];
  return lines.filter(Boolean).map((line) => h("div", { class: "text" }, line));
}

function barColor(color) {
  const named = { good: "var(--good)", warning: "var(--warn)", danger: "var(--bad)" };
  return named[color] ?? (color.startsWith("#") ? color : `#${color}`);
}

function drawBlock(block, drawing) {
  const draw = BLOCKS[block.type];
  const legal = ONLY_ON[block.type]?.includes(drawing.surface) ?? true;
  const why = !draw ? "" : legal ? null : ` in a ${drawing.surface}`;
  const node = why === null ? draw(block, drawing) : cannotDraw(`the block “${block.type}”${why}`);
  if (node instanceof Element) node.dataset.blockId = block.block_id;
  return node;
}

/** A text object as nodes. */
function drawText(text, directory) {
  if (!text) return "";
  return text.type === "mrkdwn" ? mrkdwn(text.text ?? "", directory) : withEmoji(text.text ?? "");
}

function drawSection(block, drawing) {
  const { directory } = drawing;
  const fields = (block.fields ?? []).map((field) => h("div", { class: "text" }, drawText(field, directory)));
  return h(
    "div",
    { class: "block-section" },
    h(
      "div",
      { class: "section-body" },
      block.text && h("div", { class: "text" }, drawText(block.text, directory)),
      fields.length > 0 && h("div", { class: "fields" }, fields),
    ),
    block.accessory && h("div", { class: "accessory" }, drawAccessory(block, drawing)),
  );
}

function drawAccessory(block, drawing) {
  if (block.accessory.type === "image") return picture(block.accessory, "thumbnail");
  return element(block.accessory, block, drawing);
}

function drawContext(block, { directory }) {
  const parts = (block.elements ?? []).map((part) =>
    part.type === "image" ? picture(part, "context-image") : h(
      "span",
      { class: "text" },
      drawText(part, directory),
    ),
  );
  return h("div", { class: "block-context" }, parts);
}

function drawActions(block, drawing) {
  return h("div", { class: "block-actions" }, (block.elements ?? []).map((each) => element(each, block, drawing)));
}

function element(definition, block, drawing, field) {
  return drawElement(definition, block, drawing, field) ?? cannotDraw(`the element “${definition.type}”`);
}

function drawInput(block, drawing) {
  const error = drawing.errors[block.block_id];
  const id = freshId("field");
  const field = {
    id,
    labelId: `${id}-label`,
    notes: `${id}-notes`,
    invalid: Boolean(error),
    optional: Boolean(block.optional),
  };
  const label = withEmoji(block.label?.text ?? "");
  const optional = block.optional && h("span", { class: "optional" }, "optional");
  return h(
    "div",
    { class: error ? "block-input invalid" : "block-input" },
    h("label", { for: id, id: field.labelId }, label, " ", optional),
    element(block.element ?? {}, block, drawing, field),
    h(
      "div",
      { id: field.notes },
      error && h("p", { class: "field-error" }, icon("warning"), h("span", {}, error)),
      block.hint && h("p", { class: "hint" }, withEmoji(block.hint.text ?? "")),
    ),
  );
}

function drawImage(block) {
  const title = block.title && h("figcaption", {}, withEmoji(block.title.text ?? ""));
  return h("figure", { class: "block-image" }, title, picture(block, "picture"));
}

function picture({ image_url: address, alt_text: words }, kind) {
  const image = h("img", { class: kind, src: address, alt: words ?? "", title: words, loading: "lazy" });
  image.addEventListener("error", () => image.replaceWith(cannotDraw(`the image: ${words}`)), { once: true });
  return image;
}

const ALERT_ICONS = { success: "check", warning: "warning", error: "warning" };

function drawAlert(block, { directory }) {
  const level = block.level ?? "default";
  const role = level === "error" || level === "warning" ? "alert" : "status";
  return h(
    "div",
    { class: `block-alert alert-${level}`, role },
    icon(ALERT_ICONS[level] ?? "info"),
    h("div", { class: "text" }, drawText(block.text, directory)),
  );
}
