interface Size {
  readonly width: number
  readonly height: number
}

const gap = 16
const margin = 8

/**
 * Upper left corner of a card beside a point: inside the view, not over the point if it can, and
 * rather on the side of the rim than over the middle of the ball.
 */
export function cardPlace(
  point: { readonly x: number; readonly y: number },
  card: Size,
  view: Size,
): { readonly left: number; readonly top: number } {
  const right = point.x + gap
  const left = point.x - gap - card.width
  const fitsLeft = left >= margin
  const fitsRight = right + card.width + margin <= view.width
  const isLeft = fitsLeft && (point.x < view.width / 2 || !fitsRight)
  return {
    left: clamp(isLeft ? left : right, view.width - card.width - margin),
    top: clamp(point.y - card.height / 3, view.height - card.height - margin),
  }
}

function clamp(place: number, most: number): number {
  return Math.round(Math.max(margin, Math.min(most, place)))
}
