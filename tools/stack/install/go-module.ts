import { chmodSync, cpSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.ts'

/** Folder of a downloaded module, `path@version`, in Go's module cache. */
export async function moduleDir(go: string, module: string, logFile: string): Promise<string> {
  const json = await run(go, ['mod', 'download', '-json', module], { logFile })
  return (JSON.parse(json.slice(json.indexOf('{'), json.lastIndexOf('}') + 1)) as { Dir: string }).Dir
}

/** Go keeps its module cache read-only: a copy of a module to change or to build in. */
export async function copyModule(go: string, module: string, to: string, logFile: string): Promise<void> {
  cpSync(await moduleDir(go, module, logFile), to, { recursive: true })
  makeWritable(to)
}

function makeWritable(dir: string): void {
  chmodSync(dir, statSync(dir).mode | 0o200)
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) makeWritable(path)
    else chmodSync(path, statSync(path).mode | 0o200)
  }
}
