import { useResizeObserver } from '@vueuse/core'
import uPlot from 'uplot'
import { onBeforeUnmount, onMounted, shallowRef, watch } from 'vue'
import type { Ref } from 'vue'
import 'uplot/dist/uPlot.min.css'

/** The theme's colours, for a canvas that cannot read them itself. */
export interface Inks {
  readonly text: string
  readonly dim: string
  readonly line: string
  readonly accent: string
  readonly panel: string
  readonly warm: string
  readonly suspect: string
}

export type PlotOptions = Omit<uPlot.Options, 'width' | 'height'>

/**
 * A plot that fills its element. It is made anew when `key` changes (theme, scale) and only redrawn
 * when the data do.
 */
export function usePlot(
  host: Readonly<Ref<HTMLElement | null>>,
  source: {
    readonly options: (inks: Inks) => PlotOptions
    readonly data: () => uPlot.AlignedData
    readonly key: () => unknown
  },
): Readonly<Ref<uPlot | null>> {
  const plot = shallowRef<uPlot | null>(null)

  function make(): void {
    plot.value?.destroy()
    plot.value = null
    const { value: element } = host
    if (element === null) return
    const options = { ...source.options(inksOf(element)), ...sizeOf(element) }
    plot.value = new uPlot(options, source.data(), element)
  }

  onMounted(make)
  onBeforeUnmount(() => plot.value?.destroy())
  // After the theme's attribute has reached the document.
  watch(source.key, make, { flush: 'post' })
  watch(source.data, (data) => plot.value?.setData(data))
  useResizeObserver(host, () => {
    if (host.value !== null) plot.value?.setSize(sizeOf(host.value))
  })
  return plot
}

/** Axes of one look. */
export function axesOf(
  inks: Inks,
  values: { readonly x: (value: number) => string; readonly y: (value: number) => string },
): uPlot.Axis[] {
  const shared: uPlot.Axis = {
    stroke: inks.dim,
    font: '11px "Inter Variable", sans-serif',
    grid: { stroke: inks.line, width: 1 },
    ticks: { show: false },
    border: { show: false },
  }
  return [
    {
      ...shared,
      size: 26,
      gap: 4,
      space: 64,
      grid: { show: false },
      values: (_, splits) => splits.map(values.x),
    },
    { ...shared, size: 44, gap: 6, space: 36, values: (_, splits) => splits.map(values.y) },
  ]
}

function sizeOf(element: HTMLElement): { width: number; height: number } {
  return { width: Math.max(1, element.clientWidth), height: Math.max(1, element.clientHeight) }
}

function inksOf(element: HTMLElement): Inks {
  const style = getComputedStyle(element)
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  return {
    text: read('text'),
    dim: read('dim'),
    line: read('line'),
    accent: read('accent'),
    panel: read('panel'),
    warm: read('warm'),
    suspect: read('suspect'),
  }
}
