/** What a process holds, in MiB, right after a full collection: what grows here is a leak, or a cache that is not full yet. */
export interface LiveMemory {
  /** Objects on V8's heap. */
  readonly heapMib: number
  /** Memory outside of it that objects hold on to: buffers above all. */
  readonly externalMib: number
  /** What the operating system counts. */
  readonly residentMib: number
}

/** To be added to the environment of a Node.js process that shall be probed: opens its inspector on any free port of this machine. */
export const PROBED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const

const MIB = 1024 * 1024
const DEADLINE_MS = 60_000

interface Usage {
  readonly heapUsed: number
  readonly external: number
  readonly rss: number
}

/**
 * Collects all garbage of a process that was started with PROBED, by the Chrome DevTools Protocol, and asks what is left.
 * @param lines what it has printed so far; where its inspector listens is the first of it
 */
export async function liveMemory(lines: readonly string[]): Promise<LiveMemory> {
  const url = lines.map((line) => /^Debugger listening on (ws:\S+)/.exec(line)?.[1]).find((each) => each !== undefined)
  if (url === undefined) throw new TypeError('the process was not started with PROBED')
  const socket = new WebSocket(url)
  try {
    await once(socket, 'open')
    await ask(socket, 'HeapProfiler.collectGarbage')
    const expression = 'process.memoryUsage()'
    const { result } = (await ask(socket, 'Runtime.evaluate', { expression, returnByValue: true })) as {
      readonly result: { readonly value: Usage }
    }
    const { heapUsed, external, rss } = result.value
    return { heapMib: heapUsed / MIB, externalMib: external / MIB, residentMib: rss / MIB }
  } finally {
    socket.close()
  }
}

/** One question at a time: the next answer is its own. */
async function ask(socket: WebSocket, method: string, params = {}): Promise<unknown> {
  const answer = once(socket, 'message')
  socket.send(JSON.stringify({ id: 1, method, params }))
  const { data } = (await answer) as { readonly data?: unknown }
  const { result, error } = JSON.parse(String(data)) as {
    readonly result?: unknown
    readonly error?: { message: string }
  }
  if (error !== undefined) throw new Error(`${method}: ${error.message}`)
  return result
}

function once(socket: WebSocket, event: 'open' | 'message'): Promise<Event> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event} within ${DEADLINE_MS} ms`)), DEADLINE_MS)
    const settle = (act: () => void) => () => {
      clearTimeout(timer)
      act()
    }
    socket.addEventListener(event, (each) => settle(() => resolve(each))(), { once: true })
    socket.addEventListener(
      'error',
      settle(() => reject(new Error('the inspector does not answer'))),
      { once: true },
    )
    socket.addEventListener(
      'close',
      settle(() => reject(new Error('the process has ended'))),
      { once: true },
    )
  })
}
