import { ref } from 'vue'
import type { Ref } from 'vue'
import type { LabelId } from '../../src-main/contract/labels.ts'
import { useLabelling } from '../stores/labelling.ts'
import { useNavigation } from '../stores/navigation.ts'
import { useReview } from '../stores/review.ts'
import { useSelection } from '../stores/selection.ts'
import { useSphere } from '../stores/sphere.ts'
import { useSphereClusters } from '../stores/sphereClusters.ts'
import { countOf } from '../ui/numbers.ts'

const nearestCount = 10
/** Images whose neighbours are asked for at once. */
const mostAsked = 200

/** What widens the selection by the embedding, labels it, and has it reviewed. */
export function useSelectionVerbs(): {
  /** Whether a label is asked for. */
  readonly isPicking: Ref<boolean>
  readonly review: () => void
  readonly selectNearest: () => Promise<void>
  readonly selectClusters: () => Promise<void>
  readonly label: (to: LabelId) => Promise<void>
  readonly createLabel: (name: string) => Promise<void>
} {
  const selection = useSelection()
  const sphere = useSphere()
  const clusters = useSphereClusters()
  const labelling = useLabelling()
  const reviewing = useReview()
  const navigation = useNavigation()
  const isPicking = ref(false)

  function review(): void {
    const images = Int32Array.from(selection.ids)
    reviewing.narrow({ title: countOf(images.length, 'selected image'), images })
    navigation.go('review')
  }

  async function selectNearest(): Promise<void> {
    const asked = [...selection.ids].slice(0, mostAsked)
    const found = await Promise.all(asked.map((id) => sphere.neighboursOf(id, nearestCount)))
    selection.add(found.flatMap((one) => (one === null ? [] : [...one.ids])))
  }

  async function selectClusters(): Promise<void> {
    const wasWanted = clusters.isWanted
    clusters.isWanted = true
    await clusters.find()
    clusters.isWanted = wasWanted
    const numbers = new Set([...selection.ids].map((id) => clusters.numberOf.get(id) ?? -1))
    numbers.delete(-1)
    selection.add([...numbers].flatMap((number) => [...clusters.imagesOf(number)]))
  }

  async function label(to: LabelId): Promise<void> {
    isPicking.value = false
    await labelling.label(selection.ids, to)
  }

  async function createLabel(name: string): Promise<void> {
    isPicking.value = false
    const images = Int32Array.from(selection.ids)
    await labelling.run({ kind: 'createLabel', name, parent: null, images })
  }

  return { isPicking, review, selectNearest, selectClusters, label, createLabel }
}
