import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { guard } from '../../stack/process/guard.ts'
import { identify } from '../../stack/process/identity.ts'
import { NODE, ROOT } from '../run/place.ts'
import { detectionLine, parseDetection } from '../verify/detection-records.ts'
import type { DetectionLine } from '../verify/detection-records.ts'

export interface DetectionFollower {
  /** All that came by now, repetitions too. */
  seen(): readonly DetectionLine[]
  stop(): void
}

/** Says every alert of the detector as it begins and ends. Started again when the broker goes away; what was said is not said twice. */
export function followDetections(
  env: Readonly<Record<string, string>>,
  say: (line: string) => void,
): DetectionFollower {
  const said = new Set<string>()
  const seen: DetectionLine[] = []
  let child: ChildProcess | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const onLine = (line: string): void => {
    const record = parseDetection(line)
    if (record !== undefined) seen.push(record)
    if (record?.record !== 'alert' || said.has(`${record.id} ${record.status}`)) return
    said.add(`${record.id} ${record.status}`)
    say(detectionLine(record))
  }
  const start = (): void => {
    const args = ['--disable-warning=ExperimentalWarning', `${ROOT}/dist/apps/cli/main.js`, 'anomalies', '--follow']
    child = spawn(NODE, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'] })
    const identity = child.pid === undefined ? undefined : identify(child.pid)
    if (identity !== undefined) guard(identity)
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', onLine)
    child.once('close', () => {
      if (!stopped) timer = setTimeout(start, 1000)
    })
    child.on('error', () => undefined) // it closes then, too
  }
  start()
  return {
    seen: () => seen,
    stop() {
      stopped = true
      clearTimeout(timer)
      child?.kill('SIGTERM')
    },
  }
}
