import { Quaternion } from 'three'
import { describe, expect, it } from 'vitest'
import { eyeOf, poseOf } from '../../../src-renderer/sphere/eye.ts'
import { darkLook } from '../../../src-renderer/sphere/look.ts'
import { sphereSvg } from '../../../src-renderer/sphere/sphereSvg.ts'
import type { SvgPicture } from '../../../src-renderer/sphere/sphereSvg.ts'

const side = Math.SQRT1_2
const red = [255, 0, 0, 255]

function picture(change: Partial<SvgPicture> = {}): SvgPicture {
  return {
    pose: poseOf(eyeOf(800, 600, 4.45), new Quaternion()),
    look: darkLook,
    // In the middle, to the right, behind, and one that is hidden.
    positions: Float32Array.of(0, 0, 1, side, 0, side, 0, 0, -1, 0, side, side),
    bytes: Uint8Array.from([...red, 0, 128, 255, 38, ...red, 9, 9, 9, 0]),
    marks: Uint8Array.of(0, 2, 0, 0),
    arcs: [{ from: 0, to: 1, kind: 'suspect', strength: 1 }],
    names: [],
    isSeeThrough: false,
    ...change,
  }
}

const count = (svg: string, what: RegExp): number => svg.match(what)?.length ?? 0

describe('a sphere as SVG', () => {
  it('draws what is shown: full, faint and ringed points, and none that is hidden', () => {
    const svg = sphereSvg(picture())
    expect(svg).toContain('<circle cx="400" cy="300" r="')
    expect(svg).toContain('fill="#0080ff" fill-opacity="0.15"')
    expect(svg).not.toContain('#090909')
    expect(count(svg, /fill="none" stroke="#f0e442" stroke-width="1.6"/g)).toBe(1)
  })

  it('draws the far side faintly and before the near one', () => {
    const [before = '', after = ''] = sphereSvg(picture()).split('</g>')
    expect(before).toContain('<g opacity="0.25"><circle cx="400" cy="300"')
    expect(count(after, /fill="#ff0000"/g)).toBe(1)
    expect(sphereSvg(picture({ isSeeThrough: true }))).toContain('<g opacity="0.6">')
  })

  it('cuts an arc into what faces the eye and what does not', () => {
    const near = sphereSvg(picture())
    expect(count(near, /stroke="#f0e442" stroke-width="1.8"/g)).toBe(1)
    const around = sphereSvg(
      picture({
        arcs: [{ from: 1, to: 2, kind: 'near', strength: 0.5 }],
        marks: new Uint8Array(4),
      }),
    )
    expect(around).toContain('stroke="#56b4e9" stroke-width="1.8" stroke-opacity="0.13"')
    expect(around).toContain('stroke="#56b4e9" stroke-width="1.8" stroke-opacity="0.48"')
  })

  it('draws both halves in full where they lie flat, and cuts what goes from one to the other', () => {
    const svg = sphereSvg(
      picture({
        pose: poseOf(eyeOf(800, 600, 4.45, 1), new Quaternion()),
        arcs: [{ from: 1, to: 2, kind: 'suspect', strength: 1 }],
        isSeeThrough: true,
      }),
    )
    expect(count(svg, /stroke-opacity="0.25"\/>/g)).toBe(2)
    expect(svg).toContain('<g opacity="0.6"></g>')
    expect(count(svg, /fill="#ff0000"/g)).toBe(2)
    const [, arc = ''] = /<path d="([^"]*)" fill="none" stroke="#f0e442"/.exec(svg) ?? []
    expect(count(arc, /M/g)).toBe(2)
  })

  it('writes names as words, whatever is in them', () => {
    const names = [{ x: 10, y: 20, name: '<b> & "c"', colour: '#fff' }]
    expect(sphereSvg(picture({ names }))).toContain('&lt;b&gt; &amp; &quot;c&quot;</text>')
  })

  it('is a ball and its net where there are no points', () => {
    const none = {
      positions: new Float32Array(0),
      bytes: new Uint8Array(0),
      marks: new Uint8Array(0),
    }
    const svg = sphereSvg(picture({ ...none, arcs: [] }))
    expect(count(svg, /<circle/g)).toBe(1)
    expect(svg).toContain('stroke-opacity="0.085"')
    expect(svg.endsWith('</svg>')).toBe(true)
  })
})
