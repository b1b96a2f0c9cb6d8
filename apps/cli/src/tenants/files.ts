import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '@pegel/errors'
import { checkTenantFiles, formatProblem } from '@pegel/tenancy'
import type { CheckedTenantFile, TenantSource } from '@pegel/tenancy'
import { cliErrors } from '../errors.ts'

/** Beyond this a small InfluxDB and an Elasticsearch node bear no more buckets and streams of their own. */
const MANY_DEDICATED = 20

/** Reads every .yaml and .yml of a directory (not below it) and checks them together. Throws cliErrors when one may not be applied. */
export async function loadTenantFiles(
  dir: string,
  print: (line: string) => void,
): Promise<readonly CheckedTenantFile[]> {
  const { files, problems } = checkTenantFiles(await readSources(dir))
  for (const problem of problems) print(formatProblem(problem))
  if (problems.length > 0) throw cliErrors.invalid_files({ problems: problems.length, dir })
  const dedicated = files.filter(({ config }) => config.placement === 'dedicated').length
  if (dedicated > MANY_DEDICATED) {
    print(`warning: ${dedicated} tenants with placement: dedicated; beyond ${MANY_DEDICATED}, shared serves better.`)
  }
  return files
}

async function readSources(dir: string): Promise<readonly TenantSource[]> {
  let names: string[]
  try {
    names = (await readdir(dir)).filter((name) => /\.ya?ml$/.test(name)).sort()
  } catch (error) {
    throw cliErrors.unreadable_dir({ dir, problem: messageOf(error) }, error)
  }
  if (names.length === 0) throw cliErrors.no_files({ dir })
  return Promise.all(
    names.map(async (name) => ({ file: join(dir, name), text: await readFile(join(dir, name), 'utf8') })),
  )
}
