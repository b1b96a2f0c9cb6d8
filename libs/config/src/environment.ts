/** Environment variables by name. Everything takes one as a parameter; only environment() touches the real one. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The environment of this process: the only place that reads it. */
export function environment(): Environment {
  return process.env
}
