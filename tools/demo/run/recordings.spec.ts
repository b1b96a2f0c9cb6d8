import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { writeRecordings } from './recordings.ts'

interface Written {
  readonly startMs: number
  readonly stepMs: number
  readonly series: readonly {
    readonly name: string
    readonly temporality: string
    readonly samples: readonly unknown[]
  }[]
}

it('puts the recorded day before now, in the temporality of the day', () => {
  const dir = mkdtempSync(join(tmpdir(), 'recordings-'))
  try {
    const endMs = 1_760_000_000_000
    writeRecordings({ dir, temporality: 'cumulative', endMs })
    const written = JSON.parse(readFileSync(join(dir, 'shop-day.json'), 'utf8')) as Written
    expect(written.startMs + 24 * 60 * written.stepMs).toBe(endMs)
    expect(written.series.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['http.server.request.duration', 'shop.orders', 'shop.model.confidence']),
    )
    expect(new Set(written.series.map(({ temporality }) => temporality))).toEqual(
      new Set(['cumulative', 'unspecified']),
    )
    for (const { samples } of written.series) expect(samples).toHaveLength(24 * 60)
  } finally {
    rmSync(dir, { recursive: true })
  }
})
