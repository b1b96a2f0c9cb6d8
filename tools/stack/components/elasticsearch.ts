import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { elasticsearchHome } from '../install/elasticsearch.ts'
import { jvmFlags, requireJava } from '../install/java.ts'
import type { StartLocal } from './component.ts'
import { startLocalHttp } from './local-http.ts'

const defaultHeapMb = 512
/** 15 s on two idle cores; a machine that runs tests meanwhile is slower by a multiple. */
const START_MS = 180_000

export const startElasticsearch: StartLocal = async (options) => {
  const home = await elasticsearchHome(options.which, options.onProgress)
  const java = await requireJava('elasticsearch', options.which)
  const data = join(resolve(options.dataDir), 'data')
  const temporary = join(resolve(options.dataDir), 'tmp')
  mkdirSync(temporary, { recursive: true })
  return startLocalHttp({
    name: 'elasticsearch',
    options,
    command: java,
    deadlineMs: START_MS,
    args: (port) => [
      ...jvmFlags(options.heapMb ?? defaultHeapMb, options.jvm ?? 'fast-start'),
      `-Djava.io.tmpdir=${temporary}`,
      '-Dlog4j2.disable.jmx=true',
      ...['-cp', `${join(home, 'node')}:${join(home, 'lib', '*')}`],
      ...['EsNode', home, data, String(port)],
    ],
  })
}
