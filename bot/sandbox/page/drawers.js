/** Where three columns do not fit, channels and panel are drawers over the conversation. */

/** Whether they do not fit; the style sheets know the same number. */
export function isNarrow() {
  return window.matchMedia("(max-width: 899px)").matches;
}

let opener = null;

/** Open the drawer whose element has this id, or close it. */
export function toggleDrawer(id) {
  const opening = document.body.dataset.drawer !== id;
  if (!opening) return closeDrawers();
  opener = document.activeElement;
  document.body.dataset.drawer = id;
  return document.getElementById(id).querySelector("button")?.focus();
}

/** Whoever was in one is back where they came from. */
export function closeDrawers() {
  const drawer = document.getElementById(document.body.dataset.drawer ?? "");
  document.body.dataset.drawer = "";
  if (drawer?.contains(document.activeElement)) opener?.focus();
}
