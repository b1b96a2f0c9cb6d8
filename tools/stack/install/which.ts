import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Environment } from '../types.ts'

/** Path of a program, or undefined when it is not installed. */
export type Which = (program: string) => string | undefined

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Looks in JAVA_HOME for the JDK's programs, then along the PATH. */
export function whichIn(env: Environment): Which {
  return (program) => {
    const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
    const jdk = ['java', 'javac', 'jar'].includes(program) && env.JAVA_HOME ? [join(env.JAVA_HOME, 'bin')] : []
    return [...jdk, ...folders].map((folder) => join(folder, program)).find(isProgram)
  }
}
