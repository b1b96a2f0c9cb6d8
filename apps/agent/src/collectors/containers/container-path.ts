import type { Attributes } from '../../observation.ts'

export interface Container {
  /** 64 hexadecimal digits. */
  readonly id: string
  readonly attributes: Attributes
}

/** Names that runtimes give to a container's group: `<prefix>-<id>.scope` by systemd, the bare id by cgroupfs. */
const SCOPE = /^(?:(docker|cri-containerd|crio|libpod)-)?([0-9a-f]{64})(?:\.scope)?$/
const RUNTIMES: Readonly<Record<string, string>> = {
  docker: 'docker',
  'cri-containerd': 'containerd',
  crio: 'cri-o',
  libpod: 'podman',
}
/** `kubepods-burstable-pod<uid with _>.slice` by systemd, `pod<uid>` by cgroupfs. */
const POD =
  /(?:^|-)pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?$/

/** The container that a group belongs to, by its path below the root of cgroup v2, which may go on below the container; undefined for others. */
export function containerOf(path: string): Container | undefined {
  const parts = path.split('/')
  const at = parts.findIndex((part) => SCOPE.test(part))
  const [, prefix, id] = SCOPE.exec(parts[at] ?? '') ?? []
  if (id === undefined) return undefined
  const runtime = RUNTIMES[prefix ?? ''] ?? (parts[at - 1] === 'docker' ? 'docker' : undefined)
  const pod = podOf(parts.slice(0, at))
  return {
    id,
    attributes: {
      'container.id': id,
      ...(runtime === undefined ? {} : { 'container.runtime.name': runtime }),
      ...(pod === undefined ? {} : { 'k8s.pod.uid': pod }),
    },
  }
}

function podOf(parts: readonly string[]): string | undefined {
  const found = parts.map((part) => POD.exec(part)?.[1]).find((uid) => uid !== undefined)
  return found?.replaceAll('_', '-')
}
