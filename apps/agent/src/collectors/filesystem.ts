import type { FileSystemStats, Host } from '../host.ts'
import type { Collector, HostMetric, Observation } from '../observation.ts'

const USAGE: HostMetric = {
  name: 'system.filesystem.usage',
  kind: 'up_down_counter',
  unit: 'By',
  int: true,
  description: 'Space of the file system by state; the states add up to its size',
}
const UTILIZATION: HostMetric = {
  name: 'system.filesystem.utilization',
  kind: 'gauge',
  unit: '1',
  int: false,
  description: 'Used fraction of the space that is not reserved, as df shows it',
}

export interface Mount {
  readonly device: string
  readonly mountpoint: string
  readonly type: string
  readonly mode: 'ro' | 'rw'
}

/** What has no space of its own, and what may hang while its server is away: asking a dead NFS mount blocks a thread for good. */
const SKIPPED = new Set(
  (
    'autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs fusectl hugetlbfs mqueue nsfs proc ' +
    'pstore ramfs rpc_pipefs securityfs selinuxfs squashfs sysfs tmpfs tracefs nfs nfs4 cifs smb3 smbfs afs ceph'
  ).split(' '),
)

/** /proc/self/mounts: real local file systems, each device once (bind mounts repeat it), the last mount of a mount point. */
export function parseMounts(text: string): Mount[] {
  const visible = new Map<string, Mount>()
  for (const line of text.split('\n')) {
    const [device, mountpoint, type, options] = line.split(' ').map(unescapeOctal)
    if (device === undefined || mountpoint === undefined || type === undefined || options === undefined) continue
    visible.delete(mountpoint)
    if (SKIPPED.has(type) || type.startsWith('fuse')) continue
    visible.set(mountpoint, { device, mountpoint, type, mode: options.split(',').includes('ro') ? 'ro' : 'rw' })
  }
  const devices = new Set<string>()
  return [...visible.values()].filter((mount) => {
    if (!mount.device.startsWith('/')) return true
    if (devices.has(mount.device)) return false
    devices.add(mount.device)
    return true
  })
}

/** Blanks, tabs, newlines and backslashes stand as \040 and so on in this file. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}

export function filesystemObservations(mount: Mount, stats: FileSystemStats): Observation[] {
  if (stats.blocks === 0) return []
  const where = {
    'system.device': mount.device,
    'system.filesystem.mountpoint': mount.mountpoint,
    'system.filesystem.type': mount.type,
    'system.filesystem.mode': mount.mode,
  }
  const used = stats.blocks - stats.bfree
  const states = { used, free: stats.bavail, reserved: stats.bfree - stats.bavail }
  const out: Observation[] = Object.entries(states).map(([state, blocks]) => ({
    metric: USAGE,
    value: blocks * stats.bsize,
    attributes: { ...where, 'system.filesystem.state': state },
  }))
  const open = used + stats.bavail
  if (open > 0) out.push({ metric: UTILIZATION, value: used / open, attributes: where })
  return out
}

/** Where there is no /proc, the root alone, as statfs gives it. */
const ROOT: Mount = { device: 'root', mountpoint: '/', type: 'unknown', mode: 'rw' }

export function createFilesystemCollector(host: Host): Collector {
  return {
    name: 'filesystem',
    metrics: [USAGE, UTILIZATION],
    async collect() {
      const mounts = host.platform === 'linux' ? parseMounts(await host.proc('self/mounts')) : [ROOT]
      const read = await Promise.allSettled(
        mounts.map(async (mount) => filesystemObservations(mount, await host.statfs(mount.mountpoint))),
      )
      // A mount that this user may not enter is not a failure of the others.
      return read.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
    },
  }
}
