import { containerOf } from './collectors/containers/container-path.ts'
import { isGone } from './gone.ts'
import type { Attributes } from './observation.ts'

/** What the downward API was asked to put into the environment. */
export interface KubernetesNames {
  readonly node: string | undefined
  readonly pod: string | undefined
  readonly namespace: string | undefined
  readonly podUid: string | undefined
}

/** Files of the agent's own, whatever machine it measures. */
export type ReadFile = (path: string) => Promise<string>

const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'

/** Resource attributes of the pod and container that the agent itself runs in; empty outside of any. */
export async function kubernetesAttributes(names: KubernetesNames, read: ReadFile): Promise<Attributes> {
  const [namespace, cgroup, mounts] = await Promise.all([
    textOf(read(NAMESPACE_FILE)),
    textOf(read('/proc/self/cgroup')),
    textOf(read('/proc/self/mountinfo')),
  ])
  const own = containerOf(/^0::(.*)$/m.exec(cgroup)?.[1] ?? '')?.attributes ?? {}
  return known({
    'container.id': own['container.id'] ?? containerIdIn(mounts),
    'k8s.node.name': names.node,
    'k8s.pod.name': names.pod,
    'k8s.namespace.name': names.namespace ?? (namespace === '' ? undefined : namespace),
    'k8s.pod.uid': names.podUid ?? own['k8s.pod.uid'] ?? podUidIn(mounts),
  })
}

/** With cgroup namespaces a container sees its group as `/`; the files that its engine mounts into it still tell. */
function containerIdIn(mounts: string): string | undefined {
  return /\/(?:containers|sandboxes|overlay-containers)\/([0-9a-f]{64})\//.exec(mounts)?.[1]
}

function podUidIn(mounts: string): string | undefined {
  return /\/kubelet\/pods\/([0-9a-f-]{36})\//.exec(mounts)?.[1]
}

async function textOf(reading: Promise<string>): Promise<string> {
  try {
    return (await reading).trim()
  } catch (error) {
    if (isGone(error)) return ''
    throw error
  }
}

function known(attributes: Readonly<Record<string, string | number | undefined>>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter((entry) => entry[1] !== undefined)) as Attributes
}
