const GAP = 6
const EDGE = 8

type Side = 'start' | 'end' | 'center'

/** Puts a floating element under its anchor, or over it where there is more room, inside the window. */
export function placeNear(floating: HTMLElement, anchor: DOMRect, side: Side) {
  const { offsetWidth: width, offsetHeight: height } = floating
  const left = {
    start: anchor.left,
    end: anchor.right - width,
    center: (anchor.left + anchor.right - width) / 2,
  }[side]
  const below = anchor.bottom + GAP
  const above = anchor.top - GAP - height
  const fitsBelow = below + height <= innerHeight - EDGE
  const top = fitsBelow || above < EDGE ? Math.min(below, innerHeight - EDGE - height) : above
  floating.style.left = `${Math.round(clamp(left, EDGE, innerWidth - EDGE - width))}px`
  floating.style.top = `${Math.round(Math.max(EDGE, top))}px`
}

const clamp = (value: number, min: number, max: number) => Math.max(min, Math.min(value, max))
