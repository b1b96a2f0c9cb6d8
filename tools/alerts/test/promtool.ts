import { aptProgram } from '../../stack/install/apt.ts'
import { whichIn } from '../../stack/install/which.ts'

const onProgress = (line: string): unknown => process.stderr.write(`${line}\n`)

/** Path of the promtool that belongs to the stack's Prometheus. */
export const promtool = (): Promise<string> =>
  aptProgram({ component: 'prometheus', program: 'promtool', which: whichIn(process.env), onProgress })
