/** Lists that are walked with the arrow keys. */

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** Arrow keys, Home and End move the focus among what fits `selector` inside `node`. */
export function walkable(node, selector) {
  node.addEventListener("keydown", (event) => {
    const stops = [...node.querySelectorAll(selector)];
    const at = stops.indexOf(document.activeElement);
    const next = { Home: 0, End: stops.length - 1 }[event.key] ?? at + (STEPS[event.key] ?? NaN);
    if (at < 0 || Number.isNaN(next)) return;
    event.preventDefault();
    stops[(next + stops.length) % stops.length].focus();
  });
  return node;
}
