/** What is drawn on and around the ball, and how. */
export interface SphereToggles {
  seeThrough: boolean
  northUp: boolean
  /** Both halves of the ball as flat discs. */
  flat: boolean
  thumbs: boolean
  shapes: boolean
  names: boolean
  table: boolean
}
export type SphereToggle = keyof SphereToggles

export const firstToggles: Readonly<SphereToggles> = {
  seeThrough: false,
  northUp: false,
  flat: false,
  thumbs: false,
  shapes: false,
  names: true,
  table: false,
}
