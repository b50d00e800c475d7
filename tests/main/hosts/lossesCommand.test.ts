import { describe, expect, it } from 'vitest'
import type { LossEntry } from '../../../src-main/contract/catalogue.ts'
import { lossesText } from '../../../src-main/hosts/cli/lossesCommand.ts'
import { lossCatalogue } from '../../../src-main/losses/catalogue.ts'
import { lossTraits } from '../../../src-main/losses/entries/traits.ts'
import { minerCatalogue } from '../../../src-main/losses/miners/catalogue.ts'

const said = (...args: readonly string[]) => lossesText(args)

type Facts = LossEntry & { readonly takesMemory: boolean; readonly possibleMiners: string[] }

describe('antipode losses', () => {
  it('lists every loss with its paper', () => {
    const lines = said().split('\n')
    for (const { name, arxiv } of lossCatalogue) {
      const line = lines.find((text) => text.startsWith(`${name} `))
      expect(line).toContain(arxiv ?? name)
    }
    expect(said()).toContain(`${lossCatalogue.length} losses`)
  })

  it.each(lossCatalogue)('tells all of $name, in lines that a terminal shows', (entry) => {
    const text = said(entry.name)
    const flat = text.replace(/\s+/g, ' ')
    for (const part of [entry.title, entry.formula, entry.summary, entry.paper])
      expect(flat).toContain(part.replace(/\s+/g, ' '))
    for (const { meaning } of entry.parameters) expect(flat).toContain(meaning)
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThan(121)
  })

  it('gives the same as JSON, with what follows from the rules', () => {
    const all = JSON.parse(said('--json')) as readonly Facts[]
    expect(all.map(({ name }) => name)).toEqual(lossCatalogue.map(({ name }) => name))
    const byName = (name: string) => JSON.parse(said(name, '--json')) as Facts
    expect(byName('circle')).toMatchObject({ takesMemory: true, name: 'circle' })
    expect(byName('n-pairs')).toMatchObject({ takesMemory: false, possibleMiners: [] })
  })

  it('calls no miner suited that the rules forbid, or that there is not', () => {
    const miners = new Set(minerCatalogue.map(({ name }) => name))
    for (const { miners: suited = [], possibleMiners, name } of JSON.parse(
      said('--json'),
    ) as readonly Facts[])
      for (const miner of suited) {
        expect(miners).toContain(miner)
        expect(possibleMiners, name).toContain(miner)
      }
  })

  it('knows traits of losses that there are', () => {
    const names = lossCatalogue.map(({ name }) => name)
    for (const name of Object.keys(lossTraits)) expect(names).toContain(name)
  })
})
