import os from 'node:os'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { Resource } from '@opentelemetry/resources'
import type { Attributes } from './observation.ts'

/** The conventions' names for architectures where Node's differ. */
const ARCH: Readonly<Record<string, string>> = { x64: 'amd64', ia32: 'x86', arm: 'arm32' }
const OS_TYPE: Readonly<Record<string, string>> = { win32: 'windows', sunos: 'solaris' }

/** Who measured. The instance is the host: an agent that restarts goes on with the same series. */
export function hostResource(more: Attributes = {}): Resource {
  const hostName = os.hostname()
  return resourceFromAttributes({
    'service.name': 'pegel-agent',
    'service.instance.id': hostName,
    'host.name': hostName,
    'host.arch': ARCH[process.arch] ?? process.arch,
    'os.type': OS_TYPE[process.platform] ?? process.platform,
    'os.version': os.release(),
    ...more,
  })
}
