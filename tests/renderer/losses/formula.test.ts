import { describe, expect, it } from 'vitest'
import { lossCatalogue } from '../../../src-main/losses/catalogue.ts'
import { linesOf } from '../../../src-renderer/losses/formula.ts'
import type { MathNode } from '../../../src-renderer/losses/formula.ts'

/** A tree in one line: fractions as `{over//under}`, scripts as `base_[below]^[above]`. */
function written(node: MathNode): string {
  switch (node.kind) {
    case 'row':
      return node.items.map(written).join(' ')
    case 'fence':
      return `${node.open}${written(node.body)}${node.close}`
    case 'root':
      return `root[${written(node.body)}]`
    case 'fraction':
      return `{${written(node.over)}//${written(node.under)}}`
    case 'scripts': {
      const { base, below, above } = node
      return `${written(base)}${below ? `_[${written(below)}]` : ''}${above ? `^[${written(above)}]` : ''}`
    }
    case 'word':
      return `"${node.text}"`
    default:
      return node.text
  }
}

const read = (formula: string) => linesOf(formula).map(written)

describe('linesOf', () => {
  it.each([
    ['e^(s_ip/τ)', 'e^[s_[i p] / τ]'],
    ['a / b + c', '{a//b} + c'],
    ['1/α log(1 + x)', '{1//α} log (1 + x)'],
    ['log( e⁺ / (e⁺ + g) )', 'log ({e^[+]//e^[+] + g})'],
    ['Σ_k h⁺_k H⁺_k / H_k', '∑_[k] {h_[k]^[+] H_[k]^[+]//H_[k]}'],
    ['x / Σ_{k≠i} e^y', '{x//∑_[k ≠ i] e^[y]}'],
    ['max(0, x)² / 2', '{max (0 , x)^[2]//2}'],
    ['−1/|P(i)| Σ_p x', '− {1//|P (i)|} ∑_[p] x'],
    ['‖z_i − c_own‖^α', '‖z_[i] − c_["own"]‖^[α]'],
    ['s̄₊ [x]₊²', 's̄_[+] [x]_[+]^[2]'],
    ['√(Var + ε)', 'root[Var + ε]'],
    ['mean over i of w', '"mean over" i "of" w'],
    ['j’ the labels’ own', 'j^[′] "the labels’ own"'],
    ['½ x', '½ x'],
    ['4 tan²α', '4 tan^[2] α'],
  ])('reads %s', (formula, wanted) => {
    expect(read(formula)).toEqual([wanted])
  })

  it('ends a line at a comma outside of all brackets', () => {
    expect(read('L = f(a, b), f = g')).toEqual(['L = f (a , b)', 'f = g'])
  })

  it('begins a line with an outer plus where a formula is long', () => {
    const half = `mean over all of log(1 + ${'x '.repeat(20)})`
    expect(read(`L = ${half} + ${half}`)).toHaveLength(2)
    expect(read(`L = ${half} + ${half}`)[1]).toMatch(/^\+ /)
    expect(read('L = a + b')).toHaveLength(1)
  })

  it('reads anything to its end, also what is not closed or never opened', () => {
    for (const odd of ['', '(a', 'a) b', 'x^', '_', '/ a', 'a /', '{', '|a', '²', 'a / )'])
      expect(() => read(odd)).not.toThrow()
    expect(read('a) b')[0]).toContain('b')
  })

  it.each(lossCatalogue)('loses no letter of the formula of $name', ({ formula }) => {
    const letters = (text: string) => [...text.matchAll(/\p{L}|\d/gu)].map(([sign]) => sign).sort()
    const plain = formula.replace(
      /[⁺⁻₊₋²³₀₁₂¹]/gu,
      (sign) => ({ '²': '2', '³': '3', '₀': '0', '₁': '1', '₂': '2', '¹': '1' })[sign] ?? '',
    )
    const found = read(formula).join(' ').replaceAll('root', '').replaceAll('∑', 'Σ')
    const wanted = plain.replace(/√/g, '')
    expect(letters(found)).toEqual(letters(wanted))
  })
})
