/** Points on the circle with labels, or two views of each of some images. */
export interface Scene {
  /** Radians. */
  readonly angles: readonly number[]
  readonly labels: readonly number[]
}

const degrees = (values: readonly number[]): readonly number[] =>
  values.map((value) => (value * Math.PI) / 180)

/** Where a picture may begin; the first is shown first. */
export const scenes = {
  mixed: {
    title: 'Mixed up',
    ofLabels: {
      angles: degrees([12, 78, 140, 48, 205, 110, 250, 320, 175]),
      labels: [0, 0, 0, 1, 1, 1, 2, 2, 2],
    },
    ofViews: {
      angles: degrees([15, 95, 170, 260, 60, 140, 215, 330]),
      labels: [0, 1, 2, 3, 0, 1, 2, 3],
    },
  },
  stray: {
    title: 'One astray',
    ofLabels: {
      angles: degrees([20, 35, 50, 140, 155, 30, 260, 275, 290]),
      labels: [0, 0, 0, 1, 1, 1, 2, 2, 2],
    },
    ofViews: {
      angles: degrees([20, 110, 200, 290, 30, 120, 210, 35]),
      labels: [0, 1, 2, 3, 0, 1, 2, 3],
    },
  },
  collapsed: {
    title: 'Collapsed',
    ofLabels: {
      angles: degrees([84, 90, 97, 86, 92, 99, 88, 94, 101]),
      labels: [0, 0, 0, 1, 1, 1, 2, 2, 2],
    },
    ofViews: {
      angles: degrees([84, 88, 92, 96, 86, 90, 94, 98]),
      labels: [0, 1, 2, 3, 0, 1, 2, 3],
    },
  },
  done: {
    title: 'In order',
    ofLabels: {
      angles: degrees([84, 90, 96, 204, 210, 216, 324, 330, 336]),
      labels: [0, 0, 0, 1, 1, 1, 2, 2, 2],
    },
    ofViews: {
      angles: degrees([0, 90, 180, 270, 4, 94, 184, 274]),
      labels: [0, 1, 2, 3, 0, 1, 2, 3],
    },
  },
} as const satisfies Readonly<
  Record<string, { readonly title: string; readonly ofLabels: Scene; readonly ofViews: Scene }>
>
export type SceneName = keyof typeof scenes
