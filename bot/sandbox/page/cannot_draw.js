/** What the page cannot draw. */

import { h, icon } from "./dom.js";

/** A visible box: what is not drawn must not look as if it were not there. */
export function cannotDraw(what) {
  return h("div", { class: "cannot-draw", role: "note" }, icon("warning"), `Cannot draw ${what}`);
}
