import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { versions } from '../versions.ts'
import { installed } from './cache.ts'
import { copyModule, moduleDir } from './go-module.ts'
import { run } from './run.ts'
import type { Which } from './which.ts'

const influxModule = 'github.com/influxdata/influxdb/v2'
const fluxModule = 'github.com/influxdata/flux'
const pkgConfigModule = 'github.com/influxdata/pkg-config'

/** Flux' Rust part turns compiler warnings into errors, and newer compilers know more warnings. */
export function allowWarnings(source: string): string {
  return source.replace(/deny\(warnings[^)]*\)/g, 'allow(warnings)')
}

/** A replace directive of influxdb's own go.mod: Go ignores those of a dependency, so the scratch module repeats them. */
export function replaceFlags(goMod: string): string[] {
  const lines = goMod.split('\n').filter((line) => line.startsWith('replace '))
  return lines.map((line) => {
    const [from = '', to = ''] = line.slice('replace '.length).split('=>')
    return `-replace=${from.trim().replace(/\s+/, '@')}=${to.trim().replace(/\s+/, '@')}`
  })
}

/** A private copy of Flux, changed. */
async function patchedFlux(go: string, work: string, logFile: string): Promise<string> {
  const flux = join(work, 'flux')
  await copyModule(go, `${fluxModule}@v${versions.flux}`, flux, logFile)
  for (const crate of ['flux-core', 'flux']) {
    const file = join(flux, 'libflux', crate, 'src', 'lib.rs')
    writeFileSync(file, allowWarnings(readFileSync(file, 'utf8')))
  }
  return flux
}

async function build(go: string, dir: string, logFile: string): Promise<void> {
  const work = join(dir, 'work')
  const module = join(work, 'module')
  mkdirSync(module, { recursive: true })
  const flux = await patchedFlux(go, work, logFile)
  await run(go, ['install', `${pkgConfigModule}@v${versions.pkgConfig}`], { env: { GOBIN: work }, logFile })

  const influx = `${influxModule}@v${versions.influxdb}`
  const goMod = readFileSync(join(await moduleDir(go, influx, logFile), 'go.mod'), 'utf8')
  const env = {
    GOWORK: 'off',
    PKG_CONFIG: join(work, 'pkg-config'),
    RUSTUP_TOOLCHAIN: process.env.RUSTUP_TOOLCHAIN ?? 'stable',
  }
  const inModule = (...args: string[]) => run(go, args, { cwd: module, env, logFile })
  await inModule('mod', 'init', 'local/influxd')
  await inModule('mod', 'edit', `-replace=${fluxModule}=${flux}`, ...replaceFlags(goMod))
  await inModule('get', `${influxModule}/cmd/influxd@v${versions.influxdb}`)
  await inModule('build', '-o', join(dir, 'influxd'), `${influxModule}/cmd/influxd`)
  rmSync(work, { recursive: true })
}

/** Path of influxd, built from its Go module once: there is no package of version 2 in Debian. */
export async function influxd(which: Which, onProgress: (line: string) => void): Promise<string> {
  const folder = await installed(
    {
      component: 'influxdb',
      id: `influxdb-${versions.influxdb}`,
      note: `building ${versions.influxdb} from source (once, about 5 minutes)`,
      programs: ['go', 'cargo', 'rustc', 'cc'],
      install({ dir, logFile, programs: [go = ''] }) {
        return build(go, dir, logFile)
      },
    },
    which,
    onProgress,
  )
  return join(folder, 'influxd')
}
