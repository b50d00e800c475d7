import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import type { ImageId } from '../../src-main/contract/images.ts'
import { useConnection } from '../stores/connection.ts'
import { useNotices } from '../stores/notices.ts'
import { useProject } from '../stores/project.ts'

/** The way to an image's file: a browser cannot open a folder, but it can copy the path. */
export function useReveal(): {
  /** What will happen, in words. */
  readonly title: ComputedRef<string>
  readonly reveal: (image: ImageId) => Promise<void>
} {
  const connection = useConnection()
  const notices = useNotices()
  const project = useProject()

  async function reveal(image: ImageId): Promise<void> {
    const found = await notices.attempt(() => connection.api().revealImage({ image }))
    if (found === null || found.isShown) return
    const isCopied = await navigator.clipboard.writeText(found.path).then(
      () => true,
      () => false,
    )
    const title = isCopied ? 'Path copied' : 'The file lies here'
    notices.show({ tone: 'info', title, detail: found.path, advice: '' })
  }

  const title = computed(() =>
    project.isElectron ? 'Show the file in its folder' : 'Copy the path of the file',
  )
  return { title, reveal }
}
