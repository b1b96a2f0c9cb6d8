import { join } from 'node:path'
import { versions } from '../versions.ts'
import { installed } from './cache.ts'
import { run } from './run.ts'
import type { Which } from './which.ts'

/**
 * Path of an Alertmanager: one that is installed already, else built from its Go module once. Debian's package cannot be
 * used unpacked, as its program wants the templates at a fixed path.
 */
export async function alertmanagerProgram(which: Which, onProgress: (line: string) => void): Promise<string> {
  const own = which('alertmanager') ?? which('prometheus-alertmanager')
  if (own !== undefined) return own
  const folder = await installed(
    {
      component: 'alertmanager',
      id: `alertmanager-${versions.alertmanager}`,
      note: `building ${versions.alertmanager} from source (once, about a minute)`,
      programs: ['go'],
      async install({ dir, logFile, programs: [go = ''] }) {
        const command = `github.com/prometheus/alertmanager/cmd/alertmanager@v${versions.alertmanager}`
        await run(go, ['install', command], { env: { GOBIN: dir, GOWORK: 'off' }, logFile })
      },
    },
    which,
    onProgress,
  )
  return join(folder, 'alertmanager')
}
