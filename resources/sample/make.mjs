/**
 * Makes the sample set: one folder per emoji under emoji/, one drawing per style in each folder.
 *
 *   node resources/sample/make.mjs
 *
 * It packs the source packages below (pinned versions) into a temporary folder, draws every emoji
 * at 96 x 96 pixels on white, and replaces emoji/. Licences and attribution are in NOTICE.md.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const SIDE = 96
const MARGIN = 4
const COLOURS = 128
const WHITE = '#ffffff'

/**
 * File name of a drawing -> the package it comes from. Fluent's colour drawings
 * (@iconify-json/fluent-emoji) are left out: at this size they look the same as the 3D ones.
 */
const STYLES = {
  noto: '@iconify-json/noto@1.2.9',
  'noto-v1': '@iconify-json/noto-v1@1.2.5',
  twemoji: '@iconify-json/twemoji@1.2.5',
  'fluent-flat': '@iconify-json/fluent-emoji-flat@1.2.6',
  'fluent-3d': '@lobehub/fluent-emoji-3d@1.1.0',
}

/**
 * Folder name -> the emoji itself, and its name in the icon sets where that differs from the
 * folder's. Each of them is drawn in all five styles.
 */
const EMOJI = {
  // Animals
  bee: '🐝 honeybee',
  butterfly: '🦋',
  cat: '🐱 cat-face',
  crab: '🦀',
  dog: '🐶 dog-face',
  elephant: '🐘',
  fox: '🦊',
  frog: '🐸',
  ladybird: '🐞 lady-beetle',
  octopus: '🐙',
  owl: '🦉',
  panda: '🐼',
  penguin: '🐧',
  turtle: '🐢',
  whale: '🐳 spouting-whale',

  // Fruit and food
  apple: '🍎 red-apple',
  avocado: '🥑',
  banana: '🍌',
  'birthday-cake': '🎂',
  carrot: '🥕',
  cherries: '🍒',
  doughnut: '🍩',
  grapes: '🍇',
  hamburger: '🍔',
  pizza: '🍕',
  strawberry: '🍓',
  watermelon: '🍉',

  // Faces
  crying: '😭 loudly-crying-face',
  grinning: '😀 grinning-face',
  'heart-eyes': '😍 smiling-face-with-heart-eyes',
  pumpkin: '🎃 jack-o-lantern',
  robot: '🤖',
  sunglasses: '😎 smiling-face-with-sunglasses',

  // Vehicles
  bicycle: '🚲',
  bus: '🚌',
  car: '🚗 automobile',
  'fire-engine': '🚒',
  helicopter: '🚁',
  rocket: '🚀',
  sailboat: '⛵',
  tractor: '🚜',

  // Objects
  'alarm-clock': '⏰',
  balloon: '🎈',
  bell: '🔔',
  camera: '📷',
  crown: '👑',
  gem: '💎 gem-stone',
  gift: '🎁 wrapped-gift',
  guitar: '🎸',
  key: '🔑',
  'soccer-ball': '⚽',

  // Nature, weather and a heart
  cactus: '🌵',
  'evergreen-tree': '🌲',
  fire: '🔥',
  'maple-leaf': '🍁',
  moon: '🌙 crescent-moon',
  'red-heart': '❤️',
  snowflake: '❄️',
  star: '⭐',
  sunflower: '🌻',
}

/** Packs one package into a folder of its own under `temp`; returns the unpacked folder. */
function unpack(spec, style, temp) {
  const folder = join(temp, style)
  mkdirSync(folder)
  // On Windows npm is a .cmd file, which only a shell can start.
  const shell = process.platform === 'win32'
  const packed = execFileSync('npm', ['pack', spec, '--silent'], { cwd: folder, shell })
  execFileSync('tar', ['-xzf', packed.toString().trim()], { cwd: folder })
  return join(folder, 'package')
}

/** Returns a function that gives an emoji's source image: SVG text, or a file's bytes. */
function openStyle(folder, style) {
  if (style === 'fluent-3d') {
    return ({ symbol }) => {
      const code = Array.from(symbol, (part) => part.codePointAt(0).toString(16)).join('-')
      return readFileSync(join(folder, 'assets', `${code}.webp`))
    }
  }
  const set = JSON.parse(readFileSync(join(folder, 'icons.json'), 'utf8'))
  return ({ icon }) => {
    const found = set.icons[icon]
    if (!found) throw new Error(`${style} has no ${icon}`)
    const { body, width = set.width, height = set.height } = found
    return Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"` +
        ` width="256" height="256" viewBox="0 0 ${width} ${height}">${body}</svg>`,
    )
  }
}

/** Draws one source image on white and writes it as a PNG with a palette. */
async function draw(source, target) {
  const inner = SIDE - 2 * MARGIN
  await sharp(source)
    .resize(inner, inner, { fit: 'contain', background: WHITE })
    .flatten({ background: WHITE })
    .extend({ top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN, background: WHITE })
    .png({ palette: true, colours: COLOURS, dither: 0.5, effort: 10, compressionLevel: 9 })
    .toFile(target)
}

const images = fileURLToPath(new URL('emoji/', import.meta.url))
const temp = mkdtempSync(join(tmpdir(), 'antipode-sample-'))
try {
  rmSync(images, { recursive: true, force: true })
  for (const [style, spec] of Object.entries(STYLES)) {
    const sourceOf = openStyle(unpack(spec, style, temp), style)
    for (const [name, text] of Object.entries(EMOJI)) {
      const [symbol, icon = name] = text.split(' ')
      mkdirSync(join(images, name), { recursive: true })
      await draw(sourceOf({ symbol, icon }), join(images, name, `${style}.png`))
    }
    console.log(`${style}: ${Object.keys(EMOJI).length} drawings from ${spec}`)
  }
} finally {
  rmSync(temp, { recursive: true, force: true })
}
