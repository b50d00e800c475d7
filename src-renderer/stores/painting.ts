import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { isSameLoss } from '../explore/compare/figures.ts'
import {
  isMeasure,
  measuredGrouping,
  measureWords,
  ofOwnLoss,
  scaleOf,
  sizesOf,
} from '../explore/measures.ts'
import type { Measure } from '../explore/measures.ts'
import { alphasOf, coloursOf, suspectGrouping } from '../explore/painting.ts'
import type { Grouping } from '../explore/grouping.ts'
import type { Colouring } from '../explore/painting.ts'
import type { Cluster } from '../../src-main/contract/clusters.ts'
import type { ImageId } from '../../src-main/contract/images.ts'
import { greyOf, labelColours } from '../library/labelColours.ts'
import { splitChoices } from '../library/splitChoices.ts'
import { useBeside } from './beside.ts'
import { useColours } from './colours.ts'
import { useComparison } from './comparison.ts'
import type { FoundMeasure } from './frameMeasures.ts'
import { useImageMeasures } from './imageMeasures.ts'
import { usePreferences } from './preferences.ts'
import { useProject } from './project.ts'
import { useReview } from './review.ts'
import { useRuns } from './runs.ts'
import { useSphere } from './sphere.ts'
import { useSphereClusters } from './sphereClusters.ts'

/** Clusters of one side. */
interface ShownClusters {
  readonly clusters: readonly Pick<Cluster, 'number'>[]
  readonly numberOf: ReadonlyMap<ImageId, number>
  readonly nameOf: (number: number) => string
  readonly colourOf: (number: number) => string
}

/** Which of the balls: the one that the screen is about, or another run's beside it. */
export type BallSide = 'shown' | 'beside'

/** What colours mean on the sphere, and which of them are hidden. Labels keep theirs of every view. */
export const usePainting = defineStore('painting', () => {
  const colours = useColours()
  const measures = useImageMeasures()
  const preferences = usePreferences()
  const project = useProject()
  const review = useReview()
  const sphere = useSphere()
  const clusters = useSphereClusters()
  const comparison = useComparison()
  const beside = useBeside()
  const runs = useRuns()

  const by = ref<Colouring>('label')
  const ownHidden = shallowRef<ReadonlySet<number>>(new Set())
  const ownIsolated = ref<number | null>(null)

  const isByLabel = computed(() => by.value === 'label')
  const hidden = computed(() => (isByLabel.value ? colours.hidden : ownHidden.value))
  const isolated = computed(() => (isByLabel.value ? colours.isolated : ownIsolated.value))

  const superLabels = computed(() => {
    const names = project.table.labelRows.flatMap(({ parent }) => parent ?? [])
    return [...new Set(names)].sort()
  })
  const grouping = computed(() => groupingOf('shown'))
  const groupingBeside = computed(() => groupingOf('beside'))

  function groupingOf(side: BallSide): Grouping {
    switch (by.value) {
      case 'label':
        return byLabel()
      case 'superLabel':
        return bySuperLabel()
      case 'split':
        return bySplit()
      case 'cluster':
        return byCluster(side === 'shown' ? clusters : beside)
      case 'suspect': {
        const own = review.list?.run === sphere.frame?.run ? (review.list?.suspects ?? []) : []
        const pairs = side === 'shown' ? own : beside.suspects
        const ids = new Set(pairs.flatMap(({ first, second }) => [first, second]))
        return suspectGrouping(ids, preferences.shownTheme)
      }
      default:
        return byMeasure(foundOf(by.value, side), by.value)
    }
  }

  /** Numbers of both sides lie on one scale, unless each has a loss of its own to measure in. */
  function foundOf(measure: Measure, side: BallSide): FoundMeasure | null {
    const found = (side === 'shown' ? measures.shown : beside.measures).get(measure) ?? null
    const other = (side === 'shown' ? beside.measures : measures.shown).get(measure)
    if (found === null || other === undefined || !isOneScale(measure)) return found
    return { ...found, scale: scaleOf([...found.values.values(), ...other.values.values()]) }
  }

  function isOneScale(measure: Measure): boolean {
    const [left, right] = [runs.shown, comparison.other]
    if (left === null || right === null) return false
    return !ofOwnLoss.has(measure) || isSameLoss(left, right)
  }

  function byLabel(): Grouping {
    const named = project.labelNames.map((name, key) => ({
      key,
      name,
      colour: colours.colourOf(key),
    }))
    const none = { key: -1, name: 'without a label', colour: colours.colourOf(-1) }
    return { groups: [...named, none], keyOf: colours.labelOf, shadeOf: null }
  }

  function bySuperLabel(): Grouping {
    const names = superLabels.value
    const given = labelColours(names.length, preferences.shownTheme)
    const keys = project.table.labelRows.map(({ parent }) => names.indexOf(parent ?? ''))
    const none = { key: -1, name: 'in no group', colour: greyOf[preferences.shownTheme] }
    return {
      groups: [
        ...names.map((name, key) => ({ key, name, colour: given[key] ?? none.colour })),
        none,
      ],
      keyOf: (id) => keys[colours.labelOf(id)] ?? -1,
      shadeOf: null,
    }
  }

  function bySplit(): Grouping {
    const [training, heldOut] = labelColours(2, preferences.shownTheme)
    const shades = [greyOf[preferences.shownTheme], training, heldOut]
    return {
      groups: splitChoices.map(({ title }, key) => ({
        key,
        name: title,
        colour: shades[key] ?? greyOf.dark,
      })),
      keyOf: (id) => project.table.splits[project.rowOf.get(id) ?? -1] ?? 0,
      shadeOf: null,
    }
  }

  function byCluster({ clusters: all, nameOf, colourOf, numberOf }: ShownClusters): Grouping {
    const none = { key: -1, name: 'in no cluster', colour: greyOf[preferences.shownTheme] }
    const groups = all.map(({ number }) => ({
      key: number,
      name: nameOf(number),
      colour: colourOf(number),
    }))
    return { groups: [...groups, none], keyOf: (id) => numberOf.get(id) ?? -1, shadeOf: null }
  }

  /** Until it is measured, all is grey. */
  function byMeasure(found: FoundMeasure | null, measure: Measure): Grouping {
    const theme = preferences.shownTheme
    const none = { key: -1, name: 'without a value', colour: greyOf[theme] }
    if (!found?.scale) return { groups: [none], keyOf: () => -1, shadeOf: null }
    const { format } = measureWords[measure]
    return measuredGrouping(found.values, found.scale, { format, theme })
  }

  watch(
    () => [by.value, sphere.frame?.run, sphere.isExploring] as const,
    async ([shown, run, isExploring]) => {
      const isWanted = shown === 'suspect' && run !== undefined && isExploring
      if (isWanted && review.list?.run !== run) await review.load(run)
    },
  )
  watch(by, (to) => {
    beside.areSuspectsWanted = to === 'suspect'
    measures.colour = isMeasure(to) ? to : null
    ownHidden.value = new Set()
    ownIsolated.value = null
  })

  function sideOf(side: BallSide): Grouping {
    return side === 'shown' ? grouping.value : groupingBeside.value
  }

  function pointColours(ids: Int32Array, side: BallSide): Float32Array {
    return isByLabel.value ? colours.pointColours(ids) : coloursOf(sideOf(side), ids)
  }

  function pointAlphas(ids: Int32Array, side: BallSide): Float32Array | null {
    if (isByLabel.value) return colours.pointAlphas(ids)
    const shown = { hidden: ownHidden.value, isolated: ownIsolated.value }
    return alphasOf(sideOf(side), shown, ids)
  }

  /** Null where all points are alike. */
  function pointSizes(ids: Int32Array, side: BallSide): Uint8Array | null {
    const found = measures.size === null ? null : foundOf(measures.size, side)
    return found?.scale ? sizesOf(found.values, found.scale, ids) : null
  }

  function isShown(key: number): boolean {
    return !hidden.value.has(key) && (isolated.value === null || isolated.value === key)
  }

  function toggleHidden(key: number): void {
    if (isByLabel.value) {
      colours.toggleHidden(key)
      return
    }
    const next = new Set(ownHidden.value)
    if (!next.delete(key)) next.add(key)
    ownHidden.value = next
  }

  function isolate(key: number): void {
    if (isByLabel.value) {
      colours.isolate(key)
      return
    }
    ownIsolated.value = ownIsolated.value === key ? null : key
    if (ownIsolated.value !== null && ownHidden.value.has(key)) toggleHidden(key)
  }

  function showAll(): void {
    if (isByLabel.value) colours.showAll()
    ownHidden.value = new Set()
    ownIsolated.value = null
  }

  return {
    by,
    hidden,
    isolated,
    grouping,
    sideOf,
    foundOf,
    isOneScale,
    superLabels,
    pointColours,
    pointAlphas,
    pointSizes,
    isShown,
    toggleHidden,
    isolate,
    showAll,
  }
})
