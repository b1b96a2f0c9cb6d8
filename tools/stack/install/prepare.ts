import { clientNames } from '../types.ts'
import { clientProgram } from './clients.ts'
import { prometheus3Program } from './prometheus3.ts'
import { whichIn } from './which.ts'

/**
 * Installs the programs that tests start by themselves, so that no test's time limit includes a build. Resolves with one sentence for
 * each that could not be installed.
 */
export async function prepareTestPrograms(onProgress: (line: string) => void): Promise<readonly string[]> {
  const which = whichIn(process.env)
  const jobs = [
    () => prometheus3Program(which, onProgress),
    ...clientNames.map((name) => () => clientProgram(name, onProgress)),
  ]
  const problems: string[] = []
  // One after the other: each build takes all cores it can get.
  for (const job of jobs) {
    try {
      await job()
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
    }
  }
  return problems
}
