import type { Regime } from '../contract/catalogue.ts'

/** How a training view of an image is drawn. All zero (and `cropMinimum` 1) leaves it as it is. */
export interface Augmentation {
  /** Smallest share of the area that a random resized crop keeps, in (0, 1]. */
  readonly cropMinimum: number
  /** Probability of the colour jitter as a whole. */
  readonly jitterProbability: number
  /** Largest relative change of brightness, contrast and saturation. */
  readonly brightness: number
  readonly contrast: number
  readonly saturation: number
  /** Largest turn of the hue, as a share of the circle, in [0, .5]. */
  readonly hue: number
  readonly grayscaleProbability: number
  readonly blurProbability: number
  readonly flipProbability: number
}

const twoViews = {
  cropMinimum: 0.2,
  jitterProbability: 0.8,
  brightness: 0.4,
  contrast: 0.4,
  saturation: 0.4,
  hue: 0.1,
  grayscaleProbability: 0.2,
  blurProbability: 0.3,
} as const

/**
 * The recipe at strength 1. Contrastive views follow SimCLR (Chen et al., ICML 2020,
 * arXiv:2002.05709) with less blur for small images; where labels give the positives, milder views
 * keep what tells labels apart, such as colour.
 */
const recipes = {
  contrastive: twoViews,
  mixed: twoViews,
  metric: {
    cropMinimum: 0.6,
    jitterProbability: 0.8,
    brightness: 0.3,
    contrast: 0.3,
    saturation: 0.3,
    hue: 0.1,
    grayscaleProbability: 0.1,
    blurProbability: 0,
  },
} as const satisfies Record<Regime, Omit<Augmentation, 'flipProbability'>>

/**
 * The regime's recipe, scaled.
 *
 * @param strength 0 for none, 1 for the recipe; probabilities and changes are clipped to their range
 * @param flipProbability in [0, 1]; not scaled
 */
export function augmentationOf(
  regime: Regime,
  strength: number,
  flipProbability: number,
): Augmentation {
  const recipe = recipes[regime]
  const scaled = (value: number, most: number) => Math.min(value * strength, most)
  return Object.freeze({
    cropMinimum: Math.max(1 - (1 - recipe.cropMinimum) * strength, 0.05),
    jitterProbability: scaled(recipe.jitterProbability, 1),
    brightness: scaled(recipe.brightness, 0.95),
    contrast: scaled(recipe.contrast, 0.95),
    saturation: scaled(recipe.saturation, 0.95),
    hue: scaled(recipe.hue, 0.5),
    grayscaleProbability: scaled(recipe.grayscaleProbability, 1),
    blurProbability: scaled(recipe.blurProbability, 1),
    flipProbability,
  })
}
