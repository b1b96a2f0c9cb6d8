/** Where a service can be reached, from the line it logs when it is up. */
export interface Listening {
  readonly pid: number
  readonly port?: number
  readonly adminPort?: number
}

/** Reads `{"message":"listening","metadata":{"port":…,"adminPort":…}}`; undefined for any other line. */
export function parseListening(line: string): Omit<Listening, 'pid'> | undefined {
  if (!line.includes('"listening"')) return undefined
  try {
    const { message, metadata } = JSON.parse(line) as { message?: unknown; metadata?: Record<string, unknown> }
    if (message !== 'listening') return undefined
    const { port, adminPort } = metadata ?? {}
    return {
      ...(typeof port === 'number' ? { port } : {}),
      ...(typeof adminPort === 'number' ? { adminPort } : {}),
    }
  } catch {
    return undefined
  }
}
