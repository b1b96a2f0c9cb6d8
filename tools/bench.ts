/**
 * Runs one benchmark on Node 24: npm run bench -- NAME [arguments]. Without a name it lists what there is.
 * Bundled first, so that what is measured is what a service runs: plain JavaScript, without a loader in between. The
 * applications are built too, since most benchmarks start some of them; `--built` before the name says that they are.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Plugin } from 'esbuild'
import { run } from './run.ts'

const SUFFIX = '.bench.ts'

/** tools/stack stays where it is: it starts programs that lie beside its files, among them the one that ends what it started. */
const stackAsItIs: Plugin = {
  name: 'stack-as-it-is',
  setup(bundling) {
    bundling.onResolve({ filter: /\/tools\/stack\// }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
      external: true,
    }))
  },
}

const root = join(import.meta.dirname, '..')
const given = process.argv.slice(2)
const isBuilt = given[0] === '--built'
const [name, ...args] = isBuilt ? given.slice(1) : given
const names = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length))

if (name === undefined || !names.includes(name)) {
  const list = `Benchmarks (npm run bench -- NAME [--json FILE]):\n${names.map((known) => `  ${known}\n`).join('')}`
  if (name === undefined) process.stdout.write(list)
  else process.stderr.write(`There is no benchmark ${name}.\n${list}`)
  process.exit(name === undefined ? 0 : 2)
}

const built = isBuilt ? undefined : spawnSync(process.execPath, ['tools/build.ts'], { cwd: root, encoding: 'utf8' })
if (built !== undefined && built.status !== 0) {
  process.stderr.write(built.stdout + built.stderr)
  process.exit(1)
}
const folder = join(root, 'dist', 'bench')
const outfile = join(folder, `${name}.mjs`)
mkdirSync(folder, { recursive: true })
await build({
  absWorkingDir: root,
  entryPoints: [`bench/${name}${SUFFIX}`],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  packages: 'external',
  sourcemap: true,
  tsconfig: 'tsconfig.base.json',
  logLevel: 'warning',
  plugins: [stackAsItIs],
})
process.exit(await run(process.execPath, ['--enable-source-maps', outfile, ...args]))
