/** ESRCH: the process ended between open and read. ENODEV: so did the group. ENOTDIR: a path that another kernel lays out otherwise. */
const GONE = new Set(['ENOENT', 'ESRCH', 'ENODEV', 'ENOTDIR', 'EACCES', 'EPERM'])

/** True when what was read is not there, or not ours to see: no error of a machine whose processes and containers come and go. */
export function isGone(error: unknown): boolean {
  // Not instanceof: an error of Node's may come from another realm (worker, test).
  const code = (error as { readonly code?: unknown } | null)?.code
  return typeof code === 'string' && GONE.has(code)
}
