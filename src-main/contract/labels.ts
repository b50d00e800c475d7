/** Row of a label in `project.db`; stable while it is renamed, recoloured or deleted and restored. */
export type LabelId = number

export interface LabelRow {
  readonly id: LabelId
  readonly name: string
  /** `#rrggbb`; null for the next colour of the palette. */
  readonly colour: string | null
  /** Name of the super-label that it is grouped under; null for none. */
  readonly parent: string | null
}
