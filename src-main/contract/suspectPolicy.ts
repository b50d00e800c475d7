/** What is known of how many images belong together: the one dial of the default method. */
export const groupSizes = ['tiny', 'medium', 'large'] as const
/**
 * - `tiny`: some five; pairs are then scored by CSLS, may be shown, and are never cancelled unasked
 * - `medium`: a random walk, and what is near counts a little more
 * - `large`: a hundred and more; the random walk alone
 */
export type GroupSize = (typeof groupSizes)[number]

/** What is done with suspected pairs in training. */
export const suspectPolicies = ['off', 'show', 'eliminate', 'attract', 'random'] as const
export type SuspectPolicy = (typeof suspectPolicies)[number]
