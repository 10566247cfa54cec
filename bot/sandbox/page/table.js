/** The table block: the first row is the heading. */

import { h } from "./dom.js";
import { drawRichText } from "./rich_text.js";

/** A table that scrolls sideways where it is too wide. */
export function drawTable(block, directory) {
  const [heading = [], ...rows] = block.rows ?? [];
  const settings = block.column_settings ?? [];
  const row = (cells, tag) => h(
    "tr",
    {},
    cells.map((cell, at) => h(tag, { class: cellClass(cell, settings[at]) }, drawCell(cell, directory))),
  );
  return h(
    "div",
    { class: "block-table", tabindex: "0", role: "region", "aria-label": "Table" },
    h("table", {}, h("thead", {}, row(heading, "th")), h("tbody", {}, rows.map((cells) => row(cells, "td")))),
  );
}

function cellClass(cell, settings) {
  const align = settings?.align ?? (cell?.type === "raw_number" ? "right" : "left");
  return `${align} ${settings?.is_wrapped ? "wrapped" : ""}`;
}

function drawCell(cell, directory) {
  if (cell?.type === "rich_text") return drawRichText(cell, directory);
  return String(cell?.text ?? cell?.value ?? "");
}
