import type { ImageId } from './images.ts'
import type { RunId } from './runs.ts'

/** How the images of an epoch are grouped, by their rows in all dimensions, never by the picture. */
export type ClusterMethod =
  /** Communities of the graph of nearest neighbours; above 1 more and smaller ones. */
  | { readonly kind: 'louvain'; readonly resolution: number }
  /** Spherical k-means. */
  | { readonly kind: 'k-means'; readonly k: number }

export interface ClusterRequest {
  readonly run: RunId
  readonly epoch: number
  readonly method: ClusterMethod
}

/** Of one cluster among those that the request finds. */
export interface OneClusterRequest extends ClusterRequest {
  readonly cluster: number
}

export interface Clustering {
  readonly run: RunId
  readonly epoch: number
  readonly method: ClusterMethod
  /** Images, `[n]`. */
  readonly ids: Int32Array
  /** The number of each image's cluster, `[n]`; −1 for an image whose row is not finite. */
  readonly numbers: Int32Array
  /** Cosine with the mean direction of the own cluster, `[n]`; 0 for none. */
  readonly cosines: Float32Array
  /** In [−1, 1], with 1 − cosine as distance (Rousseeuw, 1987), `[n]`; 0 for none. */
  readonly silhouettes: Float32Array
  /** Mean of the silhouettes. */
  readonly silhouette: number
  /** The largest first. */
  readonly clusters: readonly Cluster[]
}

export interface Cluster {
  /** Stays the same from epoch to epoch while most of its images do; never used again for another. */
  readonly number: number
  /** Where somebody cut it off: the number of the cluster that it was a part of; else null. */
  readonly splitFrom: number | null
  readonly size: number
  /** Of a label that most of its images have, else of words of their paths; null where nothing fits. */
  readonly name: string | null
  /** The image that is nearest to all others of the cluster. */
  readonly prototype: ImageId
  /** κ of a von Mises–Fisher distribution fitted to its rows; null where all are the same. */
  readonly concentration: number | null
  /** Mean cosine of its images with its mean direction. */
  readonly meanCosine: number
  /** The label that is most frequent in it, and its share of the images with a label; null for none. */
  readonly label: string | null
  readonly purity: number | null
  /** The cluster whose mean direction is nearest, and the angle between the two; null if alone. */
  readonly nearest: number | null
  readonly separationDegrees: number | null
  readonly silhouette: number
  /** Images that are much further from its mean direction than its others (Tukey's fences), furthest first. */
  readonly outliers: Int32Array
}

/** How alike labels are. */
export interface LabelPrototypes {
  readonly run: RunId
  readonly epoch: number
  /** Labels that have images in the run, `[labels]`. */
  readonly labels: readonly string[]
  /** Images of each label, `[labels]`. */
  readonly counts: Int32Array
  /** Cosines between the mean directions of labels, `[labels, labels]`. */
  readonly cosines: Float32Array
  /** Mean cosine of each label's images with its own mean direction, `[labels]`. */
  readonly tightness: Float32Array
  /** −1/(labels − 1): what it is when labels are as far apart as they can all be; null for one label. */
  readonly ideal: number | null
}
