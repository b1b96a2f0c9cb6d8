/** What /proc/<pid>/stat says (proc_pid_stat(5)). Times in seconds, since boot where they are instants. */
export interface ProcessStat {
  readonly pid: number
  readonly parentPid: number
  /** The command's name, 15 bytes at most; it may hold blanks and brackets. */
  readonly name: string
  readonly userSeconds: number
  readonly systemSeconds: number
  readonly minorFaults: number
  readonly majorFaults: number
  readonly threads: number
  readonly startSeconds: number
  /** In pages: only good for comparing. */
  readonly residentPages: number
}

/** USER_HZ, 100 in the ABI of every architecture that Node runs on. */
const TICKS_PER_SECOND = 100

/** @returns undefined for what is no such line */
export function parseStat(text: string): ProcessStat | undefined {
  const match = /^(\d+) \(([^]*)\) \S (.*)$/.exec(text.trim())
  if (match === null) return undefined
  const rest = (match[3] ?? '').split(' ').map(Number)
  // The first of `rest` is field 4 of proc_pid_stat(5).
  const field = (number: number): number => rest[number - 4] ?? NaN
  const stat = {
    pid: Number(match[1]),
    parentPid: field(4),
    name: match[2] ?? '',
    minorFaults: field(10),
    majorFaults: field(12),
    userSeconds: field(14) / TICKS_PER_SECOND,
    systemSeconds: field(15) / TICKS_PER_SECOND,
    threads: field(20),
    startSeconds: field(22) / TICKS_PER_SECOND,
    residentPages: field(24),
  }
  return Number.isNaN(stat.residentPages) ? undefined : stat
}

export interface ProcessStatus {
  /** Absent for kernel threads, which have no memory of their own. */
  readonly residentBytes: number | undefined
  readonly virtualBytes: number | undefined
  readonly voluntarySwitches: number | undefined
  readonly involuntarySwitches: number | undefined
}

/** /proc/<pid>/status (proc_pid_status(5)). */
export function parseStatus(text: string): ProcessStatus {
  const number = (name: string): number | undefined => {
    const found = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1]
    return found === undefined ? undefined : Number(found)
  }
  const bytes = (name: string): number | undefined => {
    const kib = number(name)
    return kib === undefined ? undefined : kib * 1024
  }
  return {
    residentBytes: bytes('VmRSS'),
    virtualBytes: bytes('VmSize'),
    voluntarySwitches: number('voluntary_ctxt_switches'),
    involuntarySwitches: number('nonvoluntary_ctxt_switches'),
  }
}

export interface ProcessIo {
  readonly readBytes: number
  readonly writtenBytes: number
}

/** /proc/<pid>/io (proc_pid_io(5)): what went to and came from storage. */
export function parseIo(text: string): ProcessIo | undefined {
  const read = /^read_bytes: (\d+)$/m.exec(text)?.[1]
  const written = /^write_bytes: (\d+)$/m.exec(text)?.[1]
  if (read === undefined || written === undefined) return undefined
  return { readBytes: Number(read), writtenBytes: Number(written) }
}
