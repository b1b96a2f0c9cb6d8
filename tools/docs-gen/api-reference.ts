import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { Output } from '../generate-outputs.ts'

const DOORS = join('apps', 'ingest-gateway', 'src', 'doors')
const PATH = join('docs', 'api-reference.md')

/** One door's README: its title, its first paragraph, and its tables of bad input. */
export interface DoorPage {
  readonly folder: string
  readonly title: string
  readonly summary: string
  readonly tables: readonly string[]
}

/** Reads what the reference takes of a README. A table of bad input is one whose first column has that name. */
export function readDoorPage(folder: string, text: string): DoorPage {
  const blocks = text.split(/\n\s*\n/).map((block) => block.trim())
  const [heading = '', summary = ''] = blocks
  const tables = blocks.filter((block) => /^\|\s*bad input\b/i.test(block))
  const moved = (block: string): string => moveLinks(block, folder)
  return { folder, title: heading.replace(/^#\s*/, ''), summary: moved(summary), tables: tables.map(moved) }
}

/** Relative links of a door's README, as they are from docs/. */
function moveLinks(text: string, folder: string): string {
  return text.replace(/\]\((?![a-z]+:|#|\/)([^)]+)\)/g, (_, link: string) => {
    const target = posix.join('apps', 'ingest-gateway', 'src', 'doors', folder, link)
    return `](${posix.relative('docs', target)})`
  })
}

/** docs/api-reference.md: the error tables of all doors, from their READMEs, so that the two cannot disagree. */
export function renderApiReference(pages: readonly DoorPage[]): string {
  const sections = pages.map(({ folder, title, summary, tables }) => {
    const link = `[More](../apps/ingest-gateway/src/doors/${folder}/README.md)`
    return [`## ${title}`, summary, `${link}: how to connect, and what becomes of each point.`, ...tables].join('\n\n')
  })
  return `${[
    '# API reference',
    "<!-- Written by npm run generate from the doors' READMEs. -->",
    'Every way into the gateway, and what it answers to each kind of bad input. Each row is a test. What is refused is refused in the words of its protocol, with a stable code; its neighbours are taken.',
    'Requests, credentials and the codes that all doors share: [ingest-gateway](../apps/ingest-gateway/README.md). OpenAPI of the HTTP doors: `GET /openapi.json`.',
    ...sections,
  ].join('\n\n')}\n`
}

export function generateApiReference(root: string): Output[] {
  const folders = readdirSync(join(root, DOORS)).sort()
  const readmes = folders
    .map((folder) => ({ folder, file: join(root, DOORS, folder, 'README.md') }))
    .filter(({ file }) => existsSync(file))
  const pages = readmes.map(({ folder, file }) => readDoorPage(folder, readFileSync(file, 'utf8')))
  return [{ path: PATH, text: renderApiReference(pages) }]
}
