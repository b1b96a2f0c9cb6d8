import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { readDoorPage, renderApiReference } from './api-reference.ts'

const readme = `# A door

What it is.

## Bad input

| bad input | answer |
| --------- | ------ |
| nothing   | 400    |

| other | table |
| ----- | ----- |
`

describe('the reference', () => {
  it('takes the title, the first paragraph and the tables of bad input of a README', () => {
    expect(readDoorPage('door', readme)).toEqual({
      folder: 'door',
      title: 'A door',
      summary: 'What it is.',
      tables: ['| bad input | answer |\n| --------- | ------ |\n| nothing   | 400    |'],
    })
  })

  it('keeps links right, though the page is elsewhere', () => {
    const { summary } = readDoorPage(
      'door',
      '# A door\n\nSee [b](../b/README.md), [here](#here), [there](https://there.example).\n',
    )
    expect(summary).toBe(
      'See [b](../apps/ingest-gateway/src/doors/b/README.md), [here](#here), [there](https://there.example).',
    )
  })

  it('has a section per door that leads to its README', () => {
    const text = renderApiReference([readDoorPage('door', readme)])
    expect(text).toContain('## A door\n\nWhat it is.\n\n[More](../apps/ingest-gateway/src/doors/door/README.md)')
    expect(text).toContain('| nothing   | 400    |')
    expect(text).not.toContain('| other |')
  })

  it('has a table for every door that has a README', () => {
    const doors = join('apps', 'ingest-gateway', 'src', 'doors')
    const pages = readdirSync(doors, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('README.md'))
    const without = pages.filter(
      (file) => readDoorPage(file, readFileSync(join(doors, file), 'utf8')).tables.length === 0,
    )
    expect(without).toEqual([])
  })
})
