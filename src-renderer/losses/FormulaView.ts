import { computed, defineComponent, h } from 'vue'
import type { VNode } from 'vue'
import { linesOf } from './formula.ts'
import type { MathNode } from './formula.ts'

/** A formula of the catalogue as the browser's own mathematics, a line a statement. */
export default defineComponent({
  name: 'FormulaView',
  props: { formula: { type: String, required: true } },
  setup(props) {
    const lines = computed(() => linesOf(props.formula))
    return () =>
      h(
        'div',
        { class: 'formula-view', role: 'math', 'aria-label': props.formula },
        lines.value.map((line) =>
          h('div', { 'aria-hidden': 'true' }, [h('math', { display: 'block' }, [drawn(line)])]),
        ),
      )
  },
})

function drawn(node: MathNode): VNode {
  switch (node.kind) {
    case 'letter':
      return h('mi', node.text)
    case 'number':
      return h('mn', node.text)
    case 'operator':
      return h('mo', node.text === '-' ? '−' : node.text)
    case 'function':
      return h('mrow', [h('mi', node.text), h('mo', '\u2061')])
    case 'word':
      // Words are set off from what they stand between.
      return h('mtext', `\u00a0${node.text}\u00a0`)
    case 'row':
      return h('mrow', node.items.map(drawn))
    case 'fence':
      return h('mrow', [
        bracket(node.open, 'prefix', isTall(node.body)),
        drawn(node.body),
        bracket(node.close, 'postfix', isTall(node.body)),
      ])
    case 'root':
      return h('msqrt', [drawn(node.body)])
    case 'fraction':
      return h('mfrac', [drawn(node.over), drawn(node.under)])
    case 'scripts':
      return scripts(node)
  }
}

/** Few systems have a font whose brackets grow by themselves: these are set larger by hand. */
function bracket(sign: string, form: 'prefix' | 'postfix', isLarge: boolean): VNode {
  const plain = h('mo', { fence: 'true', stretchy: 'false', form }, sign)
  if (!isLarge) return plain
  return h('mpadded', { voffset: '-0.28em', class: 'large-bracket' }, [plain])
}

/** It has a fraction that is no index. */
function isTall(node: MathNode): boolean {
  switch (node.kind) {
    case 'fraction':
      return true
    case 'row':
      return node.items.some(isTall)
    case 'fence':
    case 'root':
      return isTall(node.body)
    case 'scripts':
      return isTall(node.base)
    default:
      return false
  }
}

function scripts({ base, below, above }: MathNode & { readonly kind: 'scripts' }): VNode {
  const isSum = base.kind === 'operator' && (base.text === '∑' || base.text === '∏')
  const parts = [base, below, above].flatMap((part) => (part === null ? [] : [indexed(part)]))
  if (below !== null && above !== null) return h(isSum ? 'munderover' : 'msubsup', parts)
  if (below !== null) return h(isSum ? 'munder' : 'msub', parts)
  return h('msup', parts)
}

/** A word as an index stands close. */
function indexed(node: MathNode): VNode {
  return node.kind === 'word' ? h('mtext', node.text) : drawn(node)
}
