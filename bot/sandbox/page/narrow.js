/** Whether the window is too narrow for three columns; the style sheet knows the same number. */
export function isNarrow() {
  return window.matchMedia("(max-width: 899px)").matches;
}
