/**
 * Runs a TypeScript tool of this repository on Node 24, installing what is missing first.
 * Plain JavaScript on purpose: it must run on the Node 20 of a fresh clone, before any dependency is there.
 * Usage: node tools/bootstrap.mjs tools/<tool>.ts [arguments]
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = join(root, 'node_modules', '.pegel-lock')
const node24 = join(root, 'node_modules', 'node', 'bin', 'node')

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
}

function installed() {
  return existsSync(node24) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash()
}

/** `npm install --no-save` takes the versions of the lock file and leaves it alone; `npm ci` would refuse where a registry lacks packages for other platforms. */
function install() {
  process.stderr.write('pegel: installing npm packages (first run, about a minute) …\n')
  const started = Date.now()
  const result = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  })
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`)
    process.stderr.write(
      'pegel: npm install failed; its output is above. Node 20 or newer and npm 10 or newer are needed.\n',
    )
    process.exit(1)
  }
  if (!existsSync(node24)) {
    process.stderr.write(
      'pegel: the npm package node@24 brought no binary; allow its install script (npm config set ignore-scripts false) and run again.\n',
    )
    process.exit(1)
  }
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(stamp, lockHash())
  process.stderr.write(`pegel: npm packages installed in ${Math.round((Date.now() - started) / 1000)} s\n`)
}

const [tool, ...args] = process.argv.slice(2)
if (tool === undefined) {
  process.stderr.write('usage: node tools/bootstrap.mjs tools/<tool>.ts [arguments]\n')
  process.exit(2)
}
if (!installed()) install()

const bins = [join(root, 'node_modules', 'node', 'bin'), join(root, 'node_modules', '.bin')]
const child = spawn(node24, ['--disable-warning=ExperimentalWarning', join(root, tool), ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: [...bins, process.env.PATH].join(delimiter), NX_DAEMON: 'false', NX_TUI: 'false' },
})
// The tool decides how to stop; a terminal's Ctrl-C reaches it directly, a kill of this process is passed on.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
