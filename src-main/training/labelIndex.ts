/** Labels of a run by the place of their label among those that are trained on. */
export interface LabelIndex {
  /** One an image, 0 … count − 1; −1 for none, and for labels that training does not see. */
  readonly labels: Int32Array
  readonly count: number
}

/**
 * Counts labels without gaps, so that a loss may keep a row for each: one for a held-out label would
 * push without ever being pulled.
 *
 * @param labels one an image, −1 for none
 * @param training images
 */
export function labelIndexOf(labels: Int32Array, training: Int32Array): LabelIndex {
  const present = new Set(training.map((image) => labels[image] ?? -1))
  present.delete(-1)
  const places = new Map([...present].sort((a, b) => a - b).map((label, place) => [label, place]))
  return { labels: labels.map((label) => places.get(label) ?? -1), count: places.size }
}
