import type { ReplayData } from './replayData.ts'

/**
 * A page that plays a run's epochs on the sphere wherever it is opened: one file, which asks for nothing
 * else, and is not allowed to.
 *
 * @param viewer the script of the page, see `replayViewer.mjs`
 */
export function replayPage({ words, places, colours }: ReplayData, viewer: string): Blob {
  const title = escaped(words.title)
  const parts = [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
    `<title>${title}</title>\n<style>${style}</style>\n</head>\n<body>\n`,
    `<header><h1>${title}</h1><p>${escaped(words.note)}</p></header>\n`,
    body,
    '<script type="application/json" id="words">',
    // A name could otherwise end the script that it stands in.
    JSON.stringify(words).replaceAll('<', '\\u003c'),
    '</script>\n<script type="text/plain" id="places">',
    ...base64(new Uint8Array(places.buffer)),
    '</script>\n<script type="text/plain" id="colours">',
    ...base64(colours),
    `</script>\n<script>${viewer}</script>\n</body>\n</html>\n`,
  ]
  return new Blob(parts, { type: 'text/html' })
}

const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"

const body = `<main>
<canvas id="view" tabindex="0" role="img"></canvas>
<p id="failure" role="alert" hidden></p>
<div id="tip" hidden></div>
<ul id="legend" aria-label="Groups"></ul>
</main>
<footer>
<button id="play" type="button" aria-label="Play">▶</button>
<input id="epoch" type="range" min="0" step="any" aria-label="Epoch">
<output id="said" for="epoch"></output>
</footer>
`

const style = `
:root{color-scheme:dark;font:13px/1.5 system-ui,sans-serif;background:#0e1013;color:#e6e8eb}
*{box-sizing:border-box}
body{display:flex;flex-direction:column;height:100vh;margin:0}
header{padding:12px 20px 0}
h1{margin:0;font-size:15px;font-weight:600}
p{margin:0;color:#9aa1ab}
main{position:relative;flex:1;min-height:0}
canvas{position:absolute;inset:0;width:100%;height:100%;outline:none;touch-action:none;cursor:grab}
canvas:active{cursor:grabbing}
canvas:focus-visible{outline:2px solid #56b4e9;outline-offset:-2px}
#failure{position:absolute;inset:auto 20px 20px;padding:10px 14px;border:1px solid #2a2e36;border-radius:6px;color:#e6e8eb}
#tip{position:absolute;max-width:280px;padding:4px 10px;border:1px solid #3c424d;border-radius:6px;background:#1c1f25;pointer-events:none;overflow-wrap:anywhere}
#tip small{display:block;color:#9aa1ab}
ul{position:absolute;top:12px;right:12px;max-width:220px;max-height:calc(100% - 24px);margin:0;padding:4px;overflow-y:auto;list-style:none;border:1px solid #2a2e36;border-radius:8px;background:rgb(20 22 26/86%)}
ul:empty{display:none}
li button{display:flex;align-items:center;gap:8px;width:100%;min-height:24px;padding:2px 10px;text-align:left}
li i{flex:none;width:9px;height:9px;border-radius:50%}
li button[aria-pressed=false]{opacity:.4}
button{border:0;border-radius:6px;background:none;color:inherit;font:inherit;cursor:pointer}
button:hover{background:#22262d}
button:focus-visible,input:focus-visible{outline:2px solid #56b4e9;outline-offset:1px}
footer{display:flex;align-items:center;gap:12px;height:48px;padding:0 20px 0 12px;border-top:1px solid #2a2e36;background:#14161a}
#play{width:36px;height:32px}
input{flex:1;min-width:0;accent-color:#56b4e9}
output{min-width:110px;text-align:right;font-variant-numeric:tabular-nums}
`

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Bytes that are turned into text at a time: a multiple of three, so that the parts can be joined. */
const bytesAtOnce = 3 * 8192

function base64(bytes: Uint8Array): string[] {
  const parts: string[] = []
  for (let at = 0; at < bytes.length; at += bytesAtOnce)
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + bytesAtOnce))))
  return parts
}
