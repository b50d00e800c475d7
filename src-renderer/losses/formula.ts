/**
 * The catalogue writes formulas in one line of Unicode (`Σ_n e^(s_in/τ)`). Here they become a tree that is
 * drawn as MathML, so that a formula is written once for form, command line and window.
 */
export type MathNode =
  | { readonly kind: 'letter' | 'number' | 'operator' | 'function' | 'word'; readonly text: string }
  | { readonly kind: 'row'; readonly items: readonly MathNode[] }
  | {
      readonly kind: 'fence'
      readonly open: string
      readonly close: string
      readonly body: MathNode
    }
  | {
      readonly kind: 'scripts'
      readonly base: MathNode
      readonly below: MathNode | null
      readonly above: MathNode | null
    }
  | { readonly kind: 'fraction'; readonly over: MathNode; readonly under: MathNode }
  | { readonly kind: 'root'; readonly body: MathNode }

/** Signs of a line that a page still shows whole; longer ones end before a plus. */
const longestLine = 70

/** One tree a line: a comma outside of all brackets ends one, and in a long formula a plus begins one. */
export function linesOf(formula: string): readonly MathNode[] {
  return atOuter(formula, ',')
    .flatMap((line) => (line.length > longestLine ? atPluses(line) : [line]))
    .map((line) => new Reader(line).read())
}

function atPluses(line: string): readonly string[] {
  return atOuter(line, '+').map((part, i) => (i === 0 ? part : `+ ${part}`))
}

/** The parts between signs that stand outside of all brackets. */
function atOuter(formula: string, border: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const sign of formula) {
    if ('([{'.includes(sign)) depth += 1
    else if (')]}'.includes(sign)) depth -= 1
    if (sign === border && depth === 0) {
      parts.push(part)
      part = ''
    } else part += sign
  }
  return [...parts, part].map((text) => text.trim()).filter((text) => text !== '')
}

const closing: Readonly<Record<string, string>> = {
  '(': ')',
  '[': ']',
  '{': '}',
  '|': '|',
  '‖': '‖',
}
const functions = new Set([
  'log',
  'exp',
  'max',
  'min',
  'cos',
  'sin',
  'tan',
  'arccos',
  'Var',
  'softplus',
  'softmax',
  'rank',
])
const raised: Readonly<Record<string, string>> = {
  '⁺': '+',
  '⁻': '−',
  '²': '2',
  '³': '3',
  '¹': '1',
  '*': '*',
  '’': '′',
}
const lowered: Readonly<Record<string, string>> = {
  '₊': '+',
  '₋': '−',
  '₀': '0',
  '₁': '1',
  '₂': '2',
  ₖ: 'k',
  '₌': '=',
}
const isLetter = (sign: string): boolean => /\p{L}/u.test(sign) && !(sign in lowered)
const isMark = (sign: string): boolean => /\p{M}/u.test(sign)

/** What a fraction's line does not reach over. */
const isBorder = (node: MathNode): boolean =>
  (node.kind === 'operator' && !['·', '|'].includes(node.text)) ||
  node.kind === 'word' ||
  isSum(node)

function isSum(node: MathNode): boolean {
  const base = node.kind === 'scripts' ? node.base : node
  return base.kind === 'operator' && (base.text === '∑' || base.text === '∏')
}

class Reader {
  readonly #signs: readonly string[]
  #at = 0

  constructor(text: string) {
    this.#signs = [...text]
  }

  read(): MathNode {
    const row = this.#row(null, false)
    // A bracket that nothing opened is a sign like any other.
    const rest = this.#signs.slice(this.#at).join('')
    return rest === '' ? row : rowOf([row, { kind: 'word', text: rest }])
  }

  /** Up to the closing bracket, which stays. @param isScript fractions stay in the line there */
  #row(end: string | null, isScript: boolean): MathNode {
    const items: MathNode[] = []
    for (;;) {
      const isSpaced = this.#skipSpaces()
      const sign = this.#peek()
      if (sign === null || sign === end || (end === null && ')]}'.includes(sign))) break
      if (sign === '/' && !isScript) {
        this.#at += 1
        const isWide = isSpaced && this.#skipSpaces()
        const over = isWide ? takeBack(items) : [items.pop() ?? rowOf([])]
        const under = isWide ? this.#under(end) : [this.#factor(isScript)]
        items.push({ kind: 'fraction', over: bare(over), under: bare(under) })
      } else addTo(items, this.#factor(isScript))
    }
    return rowOf(items)
  }

  /** What stands under a wide fraction: up to the next sign that adds or compares. */
  #under(end: string | null): MathNode[] {
    const items: MathNode[] = []
    for (;;) {
      const start = this.#at
      this.#skipSpaces()
      const sign = this.#peek()
      if (sign === null || sign === end || ')]},'.includes(sign)) break
      const factor = this.#factor(false)
      if (items.length > 0 && isBorder(factor) && !isSum(factor)) {
        this.#at = start
        break
      }
      items.push(factor)
    }
    return items
  }

  /** One thing with all of its scripts. */
  #factor(isScript: boolean): MathNode {
    const base = this.#atom(isScript)
    let below: MathNode | null = null
    let above: MathNode | null = null
    for (;;) {
      const sign = this.#peek()
      const up = sign === null ? undefined : raised[sign]
      const down = sign === null ? undefined : lowered[sign]
      if (sign === '_' || sign === '^') {
        this.#at += 1
        const script = this.#script(sign)
        if (sign === '_') below = joined(below, script)
        else above = joined(above, script)
      } else if (up !== undefined) {
        this.#at += 1
        above = joined(above, signNode(up))
      } else if (down !== undefined) {
        this.#at += 1
        below = joined(below, signNode(down))
      } else break
    }
    return below === null && above === null ? base : { kind: 'scripts', base, below, above }
  }

  #script(mark: string): MathNode {
    const sign = this.#peek()
    if (sign === '(' || sign === '{') {
      this.#at += 1
      const end = closing[sign] ?? ')'
      const body = this.#row(end, true)
      this.#skip(end)
      return body
    }
    if (sign !== null && isLetter(sign)) return lettersOf(this.#letters(), mark)
    return this.#atom(true)
  }

  #atom(isScript: boolean): MathNode {
    const sign = this.#peek() ?? ''
    const end = closing[sign]
    if (end !== undefined && sign !== '{') {
      this.#at += 1
      const body = this.#row(end, isScript)
      this.#skip(end)
      return { kind: 'fence', open: sign, close: end, body }
    }
    if (sign === '√') {
      this.#at += 1
      return { kind: 'root', body: bare([this.#factor(isScript)]) }
    }
    if (/[½¼]/.test(sign)) {
      this.#at += 1
      return { kind: 'number', text: sign }
    }
    if (/[\d.]/.test(sign)) {
      let number = ''
      for (let next = this.#peek(); next !== null && /[\d.]/.test(next); next = this.#peek()) {
        number += next
        this.#at += 1
      }
      return { kind: 'number', text: number }
    }
    if (isLetter(sign) && sign !== 'Σ' && sign !== 'Π') return this.#letter()
    this.#at += 1
    return { kind: 'operator', text: { Σ: '∑', Π: '∏' }[sign] ?? sign }
  }

  /** A single letter, a function or a word; Greek letters stand alone. */
  #letter(): MathNode {
    // An apostrophe belongs to a word, and is a prime after a letter.
    const word = /^[A-Za-z][A-Za-z-]+’?/.exec(this.#signs.slice(this.#at).join(''))?.[0] ?? ''
    if (word.length >= 2) {
      this.#at += word.length
      return functions.has(word) ? { kind: 'function', text: word } : { kind: 'word', text: word }
    }
    let text = this.#peek() ?? ''
    this.#at += 1
    for (let next = this.#peek(); next !== null && isMark(next); next = this.#peek()) {
      text += next
      this.#at += 1
    }
    return { kind: 'letter', text }
  }

  /** Of a script without brackets: `ip`, `own`. */
  #letters(): string {
    let text = ''
    for (let next = this.#peek(); next !== null && isLetter(next); next = this.#peek()) {
      text += next
      this.#at += 1
    }
    return text
  }

  #peek(): string | null {
    return this.#signs[this.#at] ?? null
  }

  #skip(sign: string): void {
    if (this.#peek() === sign) this.#at += 1
  }

  #skipSpaces(): boolean {
    const start = this.#at
    while (this.#peek() === ' ') this.#at += 1
    return this.#at > start
  }
}

/** Words that follow each other are one. */
function addTo(items: MathNode[], node: MathNode): void {
  const last = items.at(-1)
  if (last?.kind === 'word' && node.kind === 'word')
    items[items.length - 1] = { kind: 'word', text: `${last.text} ${node.text}` }
  else items.push(node)
}

/** Takes what a wide fraction stands over off the end of a row. */
function takeBack(items: MathNode[]): MathNode[] {
  let start = items.length
  for (let node = items[start - 1]; node !== undefined && !isBorder(node); node = items[start - 1])
    start -= 1
  return items.splice(start)
}

/** Brackets are not needed over and under a line. */
function bare(items: readonly MathNode[]): MathNode {
  const [only] = items
  return items.length === 1 && only?.kind === 'fence' && only.open === '('
    ? only.body
    : rowOf(items)
}

/** Letters of an index stand for themselves; three or more are a word. */
function lettersOf(text: string, mark: string): MathNode {
  if (text.length > 2 && /^[a-z]+$/.test(text) && mark === '_') return { kind: 'word', text }
  return rowOf([...text].map((letter) => ({ kind: 'letter', text: letter })))
}

function signNode(text: string): MathNode {
  return { kind: /\d/.test(text) ? 'number' : /[a-z]/.test(text) ? 'letter' : 'operator', text }
}

function joined(first: MathNode | null, second: MathNode): MathNode {
  return first === null ? second : rowOf([first, second])
}

function rowOf(items: readonly MathNode[]): MathNode {
  const [only] = items
  return items.length === 1 && only ? only : { kind: 'row', items }
}
