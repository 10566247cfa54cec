/** A box above everything else, held beside its anchor. */

const GAP = 4;
const MARGIN = 8;

/** Show `box` (it has the attribute popover) under `anchor`, or above where there is no room. */
export function showBeside(anchor, box, { asWide = false, end = false } = {}) {
  box.showPopover();
  const rect = anchor.getBoundingClientRect();
  if (asWide) box.style.minWidth = `${rect.width}px`;
  const below = window.innerHeight - rect.bottom - GAP - MARGIN;
  const above = rect.top - GAP - MARGIN;
  const up = below < Math.min(box.scrollHeight, 260) && above > below;
  box.style.maxHeight = `${Math.max(120, Math.min(320, up ? above : below))}px`;
  const left = end ? rect.right - box.offsetWidth : rect.left;
  box.style.left = `${Math.max(MARGIN, Math.min(left, window.innerWidth - box.offsetWidth - MARGIN))}px`;
  box.style.top = `${up ? rect.top - GAP - box.offsetHeight : rect.bottom + GAP}px`;
}

/** Whether `box` is on screen. */
export const isShown = (box) => box.matches(":popover-open");
