import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { versions } from '../versions.ts'
import { installed } from './cache.ts'
import { copyModule } from './go-module.ts'
import { run } from './run.ts'
import type { Which } from './which.ts'

/**
 * Path of a Prometheus 3, built from its Go module once, without service discoveries (they need modules of every cloud) and without
 * web pages (they are not in the module).
 */
export async function prometheus3Program(which: Which, onProgress: (line: string) => void): Promise<string> {
  const folder = await installed(
    {
      component: 'prometheus3',
      id: `prometheus3-${versions.prometheus3}`,
      note: `building ${versions.prometheus3} from source (once, about 2 minutes)`,
      programs: ['go'],
      async install({ dir, logFile, programs: [go = ''] }) {
        const work = join(dir, 'work')
        await copyModule(go, `github.com/prometheus/prometheus@v${versions.prometheus3}`, work, logFile)
        const args = ['build', '-tags', 'remove_all_sd', '-o', join(dir, 'prometheus'), './cmd/prometheus']
        await run(go, args, { cwd: work, env: { GOWORK: 'off' }, logFile })
        rmSync(work, { recursive: true })
      },
    },
    which,
    onProgress,
  )
  return join(folder, 'prometheus')
}
