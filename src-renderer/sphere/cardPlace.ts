interface Size {
  readonly width: number
  readonly height: number
}

const gap = 16
const margin = 8

/** Upper left corner of a card beside a point: inside the view, and not over the point if it can. */
export function cardPlace(
  point: { readonly x: number; readonly y: number },
  card: Size,
  view: Size,
): { readonly left: number; readonly top: number } {
  const fitsRight = point.x + gap + card.width + margin <= view.width
  const left = fitsRight ? point.x + gap : point.x - gap - card.width
  return {
    left: clamp(left, view.width - card.width - margin),
    top: clamp(point.y - card.height / 3, view.height - card.height - margin),
  }
}

function clamp(place: number, most: number): number {
  return Math.round(Math.max(margin, Math.min(most, place)))
}
