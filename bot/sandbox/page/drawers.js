/** Where three columns do not fit, channels and panel are drawers over the conversation. */

/** Whether they do not fit; the style sheets know the same number. */
export function isNarrow() {
  return window.matchMedia("(max-width: 899px)").matches;
}

/** Open the drawer whose element has this id, or close it. */
export function toggleDrawer(id) {
  const opening = document.body.dataset.drawer !== id;
  document.body.dataset.drawer = opening ? id : "";
  if (opening) document.getElementById(id).querySelector("button")?.focus();
}

export function closeDrawers() {
  document.body.dataset.drawer = "";
}
