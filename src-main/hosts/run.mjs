// `node run.mjs ENTRY [ARGUMENTS]`: installs if needed, then runs a TypeScript entry of this
// repository on the Node of package.json, whatever Node started it.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { buildIfNeeded, installIfNeeded, plainNode, root, say } from './prepare.mjs'

const [entry, ...rest] = process.argv.slice(2)
installIfNeeded()
if (rest[0] === 'serve') buildIfNeeded()

const child = spawn(join(root, plainNode()), [join(root, entry), ...rest], { stdio: 'inherit' })
// Ctrl-C reaches the child by itself; this process only waits for its exit code.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT') child.kill(signal)
  })
}
child.on('error', (error) => {
  say(error.message)
  process.exit(1)
})
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
