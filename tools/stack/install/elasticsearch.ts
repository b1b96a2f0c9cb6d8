import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { versions } from '../versions.ts'
import { installed } from './cache.ts'
import { copyJars } from './maven.ts'
import { run } from './run.ts'
import type { Which } from './which.ts'

const source = join(import.meta.dirname, '..', 'components', 'EsNode.java')

const logging = `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
`

/** The descriptor lies inside the jar; its module name would ask for the module path of the full distribution. */
export function withoutModuleName(descriptor: string): string {
  return descriptor
    .split('\n')
    .filter((line) => !line.startsWith('modulename='))
    .join('\n')
}

/** The transport is a plug-in with a folder of its own; everything else is the server's class path. */
async function arrange(dir: string, jar: string, logFile: string): Promise<void> {
  const lib = join(dir, 'lib')
  const module = join(dir, 'modules', 'transport-netty4')
  mkdirSync(module, { recursive: true })
  for (const name of readdirSync(lib)) {
    if (/^(netty-|transport-netty4)/.test(name)) renameSync(join(lib, name), join(module, name))
  }
  await run(jar, ['xf', join(module, `transport-netty4-${versions.elasticsearch}.jar`), 'META-INF/es-plugins'], {
    cwd: module,
    logFile,
  })
  const inside = join(module, 'META-INF', 'es-plugins', 'transport-netty4', 'plugin-descriptor.properties')
  writeFileSync(join(module, 'plugin-descriptor.properties'), withoutModuleName(readFileSync(inside, 'utf8')))
  rmSync(join(module, 'META-INF'), { recursive: true })
}

/** Home of a node, from the server's published jars, with its main class compiled to HOME/node. */
export function elasticsearchHome(which: Which, onProgress: (line: string) => void): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 8)
  return installed(
    {
      component: 'elasticsearch',
      id: `elasticsearch-${versions.elasticsearch}-${hash}`,
      note: `fetching ${versions.elasticsearch} with Maven (once, about 20 seconds)`,
      programs: ['javac', 'jar', 'mvn'],
      async install({ dir, logFile, programs: [javac = '', jar = '', mvn = ''] }) {
        const lib = join(dir, 'lib')
        const version = versions.elasticsearch
        await copyJars({
          mvn,
          coordinates: [
            `org.elasticsearch:elasticsearch:${version}`,
            `org.elasticsearch.plugin:transport-netty4:${version}`,
          ],
          libs: lib,
          logFile,
        })
        await arrange(dir, jar, logFile)
        await run(javac, ['-cp', join(lib, '*'), '-d', join(dir, 'node'), source], { logFile })
        mkdirSync(join(dir, 'config'))
        writeFileSync(join(dir, 'config', 'log4j2.properties'), logging)
      },
    },
    which,
    onProgress,
  )
}
