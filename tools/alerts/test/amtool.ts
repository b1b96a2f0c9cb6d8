import { aptProgram } from '../../stack/install/apt.ts'
import { whichIn } from '../../stack/install/which.ts'

const onProgress = (line: string): unknown => process.stderr.write(`${line}\n`)

/** Path of Alertmanager's own checker. */
export function amtool(): Promise<string> {
  const onPath = whichIn(process.env)
  // An Alertmanager on the PATH is no amtool.
  const which = (name: string): string | undefined => (name === 'alertmanager' ? undefined : onPath(name))
  return aptProgram({ component: 'alertmanager', program: 'amtool', which, onProgress })
}
