// The script of a replay: it goes into the page as it is, and nothing is loaded beside it.
;(() => {
  const at = (id) => document.getElementById(id)
  const words = JSON.parse(at('words').textContent)
  const bytesOf = (id) => Uint8Array.from(atob(at(id).textContent), (c) => c.charCodeAt(0))
  const places = new Uint16Array(bytesOf('places').buffer)
  const colours = bytesOf('colours')
  const { count, epochs, names, groups, groupOf } = words
  const canvas = at('view')
  const slider = at('epoch')
  const tip = at('tip')
  const nowhere = 65535
  const distance = 4.45
  const secondsAnEpoch = 0.7
  const pickPx = 12
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches

  const gl = canvas.getContext('webgl', { antialias: true, alpha: false })
  if (gl === null) {
    at('failure').hidden = false
    at('failure').textContent =
      'This replay needs WebGL, which this window does not have. Turn on hardware acceleration, or open it in another browser.'
    return
  }

  /** Of one epoch, unit vectors; far away where an image has no place. */
  const decoded = new Map()
  function vectorsOf(frame) {
    const known = decoded.get(frame)
    if (known !== undefined) return known
    const vectors = new Float32Array(3 * count)
    for (let i = 0; i < count; i++) {
      const at = 2 * (frame * count + i)
      if (places[at] === nowhere) {
        vectors.fill(1e6, 3 * i, 3 * i + 3)
        continue
      }
      let x = (2 * places[at]) / (nowhere - 1) - 1
      let y = (2 * places[at + 1]) / (nowhere - 1) - 1
      const z = 1 - Math.abs(x) - Math.abs(y)
      if (z < 0)
        [x, y] = [(1 - Math.abs(y)) * (x < 0 ? -1 : 1), (1 - Math.abs(x)) * (y < 0 ? -1 : 1)]
      const length = Math.hypot(x, y, z)
      vectors.set([x / length, y / length, z / length], 3 * i)
    }
    decoded.set(frame, vectors)
    return vectors
  }

  function program(vertex, fragment) {
    const made = gl.createProgram()
    for (const [type, source] of [
      [gl.VERTEX_SHADER, vertex],
      [gl.FRAGMENT_SHADER, fragment],
    ]) {
      const shader = gl.createShader(type)
      gl.shaderSource(shader, source)
      gl.compileShader(shader)
      gl.attachShader(made, shader)
    }
    gl.linkProgram(made)
    return made
  }

  // The eye looks down at the ball along z; `lens` puts its outline where it belongs.
  const points = program(
    `attribute vec3 from, to; attribute vec4 colour; uniform mat3 turn; uniform float share, size, side, d; uniform vec2 lens;
    varying vec4 shown;
    void main() {
      vec3 p = turn * normalize(mix(from, to, share));
      float isNear = step(0.0, p.z * d - 1.0);
      shown = vec4(colour.rgb, colour.a * mix(0.22, 1.0, isNear));
      bool isHere = isNear == side && colour.a > 0.0 && abs(from.x) < 2.0 && abs(to.x) < 2.0;
      gl_Position = isHere ? vec4(p.xy * lens, 0.0, d - p.z) : vec4(2.0, 2.0, 2.0, 1.0);
      gl_PointSize = size * d / (d - p.z);
    }`,
    `precision mediump float; varying vec4 shown;
    void main() {
      float r = length(gl_PointCoord - 0.5) * 2.0;
      vec3 c = mix(shown.rgb, vec3(0.055, 0.063, 0.075), smoothstep(0.72, 0.86, r));
      gl_FragColor = vec4(c, shown.a * (1.0 - smoothstep(0.88, 1.0, r)));
    }`,
  )
  const ball = program(
    `attribute vec2 corner; varying vec2 at, ray; uniform vec2 outline, lens;
    void main() { at = corner / outline; ray = corner / lens; gl_Position = vec4(corner, 0.0, 1.0); }`,
    `precision highp float; varying vec2 at, ray; uniform float pixel, d; uniform mat3 turn;
    // How much of a hairline each 30 degrees is at an angle.
    float hairline(float angle, float scale) {
      float off = abs(mod(angle + 0.2617994, 0.5235988) - 0.2617994) * scale;
      return 1.0 - smoothstep(0.2 * pixel, 1.1 * pixel, off);
    }
    void main() {
      float r = length(at);
      float inside = 1.0 - smoothstep(1.0 - pixel, 1.0 + pixel, r);
      vec3 c = mix(vec3(0.082, 0.094, 0.114), vec3(0.30, 0.35, 0.42), pow(r, 12.0) * 0.55);
      vec3 way = normalize(vec3(ray, -1.0));
      float along = -d * way.z - sqrt(max(0.0, d * d * way.z * way.z - d * d + 1.0));
      vec3 p = (vec3(0.0, 0.0, d) + along * way) * turn;
      float flat_ = sqrt(max(1e-6, 1.0 - p.y * p.y));
      float line = max(hairline(asin(clamp(p.y, -1.0, 1.0)), 1.0), hairline(atan(p.x, p.z), flat_));
      c += 0.075 * line * step(0.25, flat_ + hairline(asin(clamp(p.y, -1.0, 1.0)), 1.0));
      gl_FragColor = vec4(c, inside * 0.96);
    }`,
  )
  const buffers = {
    from: gl.createBuffer(),
    to: gl.createBuffer(),
    colour: gl.createBuffer(),
    corner: gl.createBuffer(),
  }
  gl.bindBuffer(gl.ARRAY_BUFFER, buffers.corner)
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW)
  gl.enable(gl.BLEND)
  gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA)
  gl.clearColor(0.055, 0.063, 0.075, 1)

  let place = 0
  let zoom = 1
  let turn = words.turn
  let isPlaying = false
  let lastMs = null
  let isAsked = false
  let loaded = -1
  const hidden = new Set()

  /** Rotations are kept by columns, as WebGL takes them. */
  function times(a, b) {
    const product = []
    for (let column = 0; column < 3; column++)
      for (let row = 0; row < 3; row++) {
        let sum = 0
        for (let k = 0; k < 3; k++) sum += a[3 * k + row] * b[3 * column + k]
        product.push(sum)
      }
    return product
  }
  function turnBy(right, up) {
    const [c, s, e, t] = [Math.cos(right), Math.sin(right), Math.cos(up), Math.sin(up)]
    turn = times(times([1, 0, 0, 0, e, t, 0, -t, e], [c, 0, -s, 0, 1, 0, s, 0, c]), turn)
    ask()
  }

  function step() {
    const last = epochs.length - 1
    const from = Math.max(0, Math.min(last - 1, Math.floor(place)))
    return { from, to: Math.min(last, from + 1), share: Math.min(1, place - from) }
  }
  function eased(share) {
    return share * share * (3 - 2 * share)
  }

  function paint() {
    const bytes = colours.slice()
    for (let i = 0; i < count; i++) if (hidden.has(groupOf[i])) bytes[4 * i + 3] = 0
    gl.bindBuffer(gl.ARRAY_BUFFER, buffers.colour)
    gl.bufferData(gl.ARRAY_BUFFER, bytes, gl.DYNAMIC_DRAW)
    ask()
  }

  /** Half of the view, in which the ball's outline is a circle of .84 at the usual zoom. */
  function lens() {
    const { clientWidth: width, clientHeight: height } = canvas
    const focal = 0.84 * zoom * Math.sqrt(distance * distance - 1)
    const shorter = Math.min(width, height)
    return [(focal * shorter) / width, (focal * shorter) / height]
  }

  function draw() {
    const ratio = Math.min(2, devicePixelRatio || 1)
    const { clientWidth: width, clientHeight: height } = canvas
    if (width === 0 || height === 0) return
    if (
      canvas.width !== Math.round(width * ratio) ||
      canvas.height !== Math.round(height * ratio)
    ) {
      canvas.width = Math.round(width * ratio)
      canvas.height = Math.round(height * ratio)
    }
    gl.viewport(0, 0, canvas.width, canvas.height)
    gl.clear(gl.COLOR_BUFFER_BIT)
    const { from, to, share } = step()
    if (loaded !== from) {
      loaded = from
      for (const [buffer, frame] of [
        [buffers.from, from],
        [buffers.to, to],
      ]) {
        gl.bindBuffer(gl.ARRAY_BUFFER, buffer)
        gl.bufferData(gl.ARRAY_BUFFER, vectorsOf(frame), gl.DYNAMIC_DRAW)
      }
    }
    gl.useProgram(ball)
    const [x, y] = lens().map((part) => part / Math.sqrt(distance * distance - 1))
    gl.uniform2f(gl.getUniformLocation(ball, 'outline'), x, y)
    gl.uniform2f(gl.getUniformLocation(ball, 'lens'), ...lens())
    gl.uniform1f(gl.getUniformLocation(ball, 'd'), distance)
    gl.uniformMatrix3fv(gl.getUniformLocation(ball, 'turn'), false, turn)
    gl.uniform1f(gl.getUniformLocation(ball, 'pixel'), 2 / (x * width * ratio))
    bind(ball, 'corner', buffers.corner, 2, gl.FLOAT, false)
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
    // The far side, which shines through, and then the near one.
    for (const side of [0, 1]) drawPoints(side, share, ratio)
  }

  function bind(used, name, buffer, size, type, isNormalized) {
    const location = gl.getAttribLocation(used, name)
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer)
    gl.enableVertexAttribArray(location)
    gl.vertexAttribPointer(location, size, type, isNormalized, 0, 0)
  }

  function drawPoints(side, share, ratio) {
    gl.useProgram(points)
    bind(points, 'from', buffers.from, 3, gl.FLOAT, false)
    bind(points, 'to', buffers.to, 3, gl.FLOAT, false)
    bind(points, 'colour', buffers.colour, 4, gl.UNSIGNED_BYTE, true)
    const uniform = (name) => gl.getUniformLocation(points, name)
    const size = Math.max(4, Math.min(8, 7.5 - Math.log10(Math.max(1, count) / 1000)))
    gl.uniformMatrix3fv(uniform('turn'), false, turn)
    gl.uniform1f(uniform('share'), eased(share))
    gl.uniform1f(uniform('size'), size * ratio * Math.sqrt(zoom))
    gl.uniform1f(uniform('side'), side)
    gl.uniform1f(uniform('d'), distance)
    gl.uniform2f(uniform('lens'), ...lens())
    gl.drawArrays(gl.POINTS, 0, count)
  }

  function ask() {
    if (isAsked) return
    isAsked = true
    requestAnimationFrame((ms) => {
      isAsked = false
      if (isPlaying) advance(lastMs === null ? 0 : ms - lastMs)
      lastMs = isPlaying ? ms : null
      draw()
      if (isPlaying) ask()
    })
  }

  function advance(ms) {
    const last = epochs.length - 1
    show(Math.min(last, place + ms / 1000 / secondsAnEpoch))
    if (place >= last) play(false)
  }

  function show(to) {
    place = Math.max(0, Math.min(epochs.length - 1, to))
    const epoch = epochs[Math.round(place)]
    slider.value = String(place)
    slider.setAttribute('aria-valuetext', `epoch ${epoch}`)
    at('said').textContent = `epoch ${epoch} of ${epochs.at(-1)}`
    canvas.setAttribute(
      'aria-label',
      `Sphere of ${count} images, epoch ${epoch}. Arrow keys turn it.`,
    )
    tip.hidden = true
    ask()
  }

  function play(isWanted) {
    isPlaying = isWanted && epochs.length > 1
    if (isPlaying && place >= epochs.length - 1) show(0)
    at('play').textContent = isPlaying ? '❚❚' : '▶'
    at('play').setAttribute('aria-label', isPlaying ? 'Pause' : 'Play')
    ask()
  }

  /** The image that is drawn nearest to a pixel on the near side; −1 for none. */
  function pick(x, y) {
    const { clientWidth: width, clientHeight: height } = canvas
    const { from, to, share } = step()
    const [a, b, t] = [vectorsOf(from), vectorsOf(to), eased(share)]
    const [across, down] = lens()
    let best = -1
    let least = pickPx * pickPx
    for (let i = 0; i < count; i++) {
      if (hidden.has(groupOf[i]) || colours[4 * i + 3] === 0) continue
      const [px, py, pz] = [0, 1, 2].map((d) => a[3 * i + d] * (1 - t) + b[3 * i + d] * t)
      const length = Math.hypot(px, py, pz)
      const z = (turn[2] * px + turn[5] * py + turn[8] * pz) / length
      if (length > 2 || z * distance < 1) continue
      const w = distance - z
      const sx = (((turn[0] * px + turn[3] * py + turn[6] * pz) / length) * across) / w
      const sy = (((turn[1] * px + turn[4] * py + turn[7] * pz) / length) * down) / w
      const dx = ((sx + 1) / 2) * width - x
      const dy = ((1 - sy) / 2) * height - y
      if (dx * dx + dy * dy < least) {
        least = dx * dx + dy * dy
        best = i
      }
    }
    return best
  }

  function hover(x, y) {
    const found = pick(x, y)
    tip.hidden = found < 0
    canvas.dataset.hover = String(found)
    if (found < 0) return
    const label = document.createElement('small')
    label.textContent = groups[groupOf[found]]?.name ?? ''
    tip.replaceChildren(names[found], label)
    const isRight = x > canvas.clientWidth - 300
    tip.style.left = isRight ? 'auto' : `${x + 14}px`
    tip.style.right = isRight ? `${canvas.clientWidth - x + 14}px` : 'auto'
    tip.style.top = `${Math.min(y + 14, canvas.clientHeight - 56)}px`
  }

  const held = new Map()
  canvas.addEventListener('pointerdown', (event) => {
    held.set(event.pointerId, [event.clientX, event.clientY])
    canvas.setPointerCapture(event.pointerId)
    tip.hidden = true
  })
  canvas.addEventListener('pointermove', (event) => {
    const before = held.get(event.pointerId)
    if (before === undefined) {
      if (!isPlaying) hover(event.offsetX, event.offsetY)
      return
    }
    held.set(event.pointerId, [event.clientX, event.clientY])
    if (held.size === 1) {
      const radius = 0.42 * zoom * Math.min(canvas.clientWidth, canvas.clientHeight)
      turnBy((event.clientX - before[0]) / radius, (event.clientY - before[1]) / radius)
      return
    }
    const [other] = [...held].filter(([id]) => id !== event.pointerId)
    const apart = (x, y) => Math.hypot(x - other[1][0], y - other[1][1]) || 1
    zoomBy(apart(event.clientX, event.clientY) / apart(...before))
  })
  for (const end of ['pointerup', 'pointercancel'])
    canvas.addEventListener(end, (event) => held.delete(event.pointerId))
  canvas.addEventListener('pointerleave', () => (tip.hidden = true))
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      zoomBy(Math.exp(-event.deltaY / 600))
    },
    { passive: false },
  )
  function zoomBy(factor) {
    zoom = Math.max(0.6, Math.min(8, zoom * factor))
    ask()
  }

  const turns = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
  canvas.addEventListener('keydown', (event) => {
    const way = turns[event.key]
    if (way !== undefined) turnBy(way[0] * 0.15, way[1] * 0.15)
    else if (event.key === '+') zoomBy(1.2)
    else if (event.key === '-') zoomBy(1 / 1.2)
    else return
    event.preventDefault()
  })
  document.addEventListener('keydown', (event) => {
    if (event.key !== ' ' || event.target.closest?.('button')) return
    event.preventDefault()
    play(!isPlaying)
  })
  slider.max = String(epochs.length - 1)
  slider.disabled = epochs.length < 2
  slider.addEventListener('keydown', (event) => {
    const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key]
    if (way === undefined) return
    event.preventDefault()
    play(false)
    show(Math.round(place) + way)
  })
  slider.addEventListener('input', () => {
    play(false)
    show(Number(slider.value))
  })
  at('play').disabled = epochs.length < 2
  at('play').addEventListener('click', () => play(!isPlaying))

  groups.forEach(({ name, colour }, group) => {
    const [item, button, dot] = ['li', 'button', 'i'].map((tag) => document.createElement(tag))
    dot.style.background = colour
    button.type = 'button'
    button.setAttribute('aria-pressed', 'true')
    button.append(dot, name)
    button.addEventListener('click', () => {
      if (!hidden.delete(group)) hidden.add(group)
      button.setAttribute('aria-pressed', String(!hidden.has(group)))
      paint()
    })
    item.append(button)
    at('legend').append(item)
  })

  canvas.addEventListener('webglcontextlost', (event) => {
    event.preventDefault()
    at('failure').hidden = false
    at('failure').textContent = 'The graphics device went away. Load the page again.'
  })
  addEventListener('resize', ask)
  paint()
  show(isStill ? epochs.length - 1 : 0)
  if (!isStill) play(true)
})()
