import { describe, expect, it } from '@jest/globals'
import { CONTAINER_ID, POD_UID } from './fixtures/machine-tree.ts'
import { kubernetesAttributes } from './kubernetes.ts'

const NONE = { node: undefined, pod: undefined, namespace: undefined, podUid: undefined }
const NAMESPACE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'
const files =
  (texts: Readonly<Record<string, string>>) =>
  (path: string): Promise<string> => {
    const text = texts[path]
    return text === undefined
      ? Promise.reject(Object.assign(new Error('ENOENT'), { code: 'ENOENT' }))
      : Promise.resolve(text)
  }

describe('kubernetesAttributes', () => {
  it('are none outside of containers', async () => {
    expect(await kubernetesAttributes(NONE, files({ '/proc/self/cgroup': '0::/user.slice\n' }))).toEqual({})
    expect(await kubernetesAttributes(NONE, files({}))).toEqual({})
  })

  it('are what the downward API says', async () => {
    const names = { node: 'n1', pod: 'agent-x', namespace: 'monitoring', podUid: POD_UID }
    expect(await kubernetesAttributes(names, files({ [NAMESPACE]: 'other' }))).toEqual({
      'k8s.node.name': 'n1',
      'k8s.pod.name': 'agent-x',
      'k8s.namespace.name': 'monitoring',
      'k8s.pod.uid': POD_UID,
    })
  })

  it('come from the service account and the cgroup where nobody said', async () => {
    const cgroup = `0::/kubepods.slice/kubepods-pod${POD_UID.replaceAll('-', '_')}.slice/cri-containerd-${CONTAINER_ID}.scope\n`
    expect(
      await kubernetesAttributes(NONE, files({ [NAMESPACE]: 'monitoring\n', '/proc/self/cgroup': cgroup })),
    ).toEqual({
      'container.id': CONTAINER_ID,
      'k8s.namespace.name': 'monitoring',
      'k8s.pod.uid': POD_UID,
    })
  })

  it('come from the mounts where the container cannot see its group', async () => {
    const mounts = [
      `1 2 8:1 /var/lib/kubelet/pods/${POD_UID}/etc-hosts /etc/hosts rw - ext4 /dev/sda1 rw`,
      `3 2 8:1 /var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/${CONTAINER_ID}/hostname /etc/hostname rw - ext4 x rw`,
    ].join('\n')
    const own = { '/proc/self/cgroup': '0::/\n', '/proc/self/mountinfo': mounts }
    expect(await kubernetesAttributes(NONE, files(own))).toMatchObject({ 'k8s.pod.uid': POD_UID })
  })

  it('take any other error for one', async () => {
    await expect(kubernetesAttributes(NONE, () => Promise.reject(new Error('EIO')))).rejects.toThrow('EIO')
  })
})
