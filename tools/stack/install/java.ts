import { variables } from '../environment.ts'
import { ComponentUnavailable } from '../errors.ts'
import type { ComponentName } from '../types.ts'
import { requirePrograms } from './requirements.ts'
import { run } from './run.ts'
import type { Which } from './which.ts'

const oldest = 17

/** Major version in the output of `java -version`, which before Java 9 was written 1.8. */
export function javaMajor(output: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(output)
  return match === null ? undefined : Number(match[1])
}

/** Path of a Java that is new enough. */
export async function requireJava(component: ComponentName, which: Which): Promise<string> {
  const [java = 'java'] = requirePrograms(component, ['java'], which)
  const major = javaMajor(await run(java, ['-version']))
  if (major === undefined || major < oldest) {
    const { label, address } = variables[component]
    throw new ComponentUnavailable(
      component,
      `${label} needs a JDK ${oldest} or newer, but ${java} is version ${major ?? 'unknown'}: install one, point JAVA_HOME at it, or set ${address} to a running one.`,
    )
  }
  return java
}

/** Less compiling means a quicker start and less work for few cores; long runs want the optimising compiler. */
export function jvmFlags(heapMb: number, mode: 'fast-start' | 'throughput'): string[] {
  const heap = [`-Xms${Math.min(256, heapMb)}m`, `-Xmx${heapMb}m`]
  return mode === 'throughput'
    ? [...heap, '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20', '-Xshare:auto']
    : [...heap, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']
}
