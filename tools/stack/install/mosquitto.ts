import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { aptFolder } from './apt.ts'
import type { Which } from './which.ts'

/** Eclipse Mosquitto's programs, and the environment that they need to run. */
export interface MosquittoPrograms {
  readonly broker: string
  /** mosquitto_pub. */
  readonly publish: string
  readonly env: Readonly<Record<string, string>>
}

/** Those on the PATH, else Debian's, unpacked into the cache: then the libraries beside them have to be named. */
export async function mosquittoPrograms(which: Which, onProgress: (line: string) => void): Promise<MosquittoPrograms> {
  const [broker, publish] = [which('mosquitto'), which('mosquitto_pub')]
  if (broker !== undefined && publish !== undefined) return { broker, publish, env: {} }
  const folder = await aptFolder({ component: 'mosquitto', which, onProgress })
  const roots = [join(folder, 'usr', 'lib'), join(folder, 'lib')].filter((root) => existsSync(root))
  const libraries = roots.flatMap((root) =>
    readdirSync(root)
      .filter((name) => name.includes('-linux-'))
      .map((name) => join(root, name)),
  )
  return {
    broker: join(folder, 'usr', 'sbin', 'mosquitto'),
    publish: join(folder, 'usr', 'bin', 'mosquitto_pub'),
    env: { LD_LIBRARY_PATH: libraries.join(delimiter) },
  }
}
