/** Files of a cgroup v2 (https://docs.kernel.org/admin-guide/cgroup-v2.html). What a kernel does not say is absent. */

/** `key value` lines: cpu.stat, memory.stat, memory.events. */
export function parseFlatKeyed(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>()
  for (const match of text.matchAll(/^(\S+) (\d+)$/gm)) values.set(match[1] ?? '', Number(match[2]))
  return values
}

/** A single number, or `max` for none. */
export function parseSingle(text: string): number | undefined {
  const value = text.trim()
  return /^\d+$/.test(value) ? Number(value) : undefined
}

export interface DeviceIo {
  /** major:minor */
  readonly device: string
  readonly readBytes: number
  readonly writtenBytes: number
}

/** io.stat: `8:0 rbytes=1 wbytes=2 rios=…`; a device that was only discarded on has no bytes. */
export function parseIoStat(text: string): DeviceIo[] {
  const out: DeviceIo[] = []
  for (const line of text.split('\n')) {
    const device = /^(\d+:\d+) /.exec(line)?.[1]
    const bytes = (key: string): number => Number(new RegExp(` ${key}=(\\d+)`).exec(line)?.[1] ?? 0)
    if (device !== undefined) out.push({ device, readBytes: bytes('rbytes'), writtenBytes: bytes('wbytes') })
  }
  return out
}
