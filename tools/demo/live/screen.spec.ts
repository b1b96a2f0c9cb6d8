import { PassThrough } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import { createScreen } from './screen.ts'
import type { View } from './view.ts'

const view: View = { elapsedMs: 0, tenants: [], sinks: [], balanced: true, note: '' }

function terminal(isTTY: boolean): { out: PassThrough & { isTTY: boolean; columns: number }; text: () => string } {
  const out = Object.assign(new PassThrough(), { isTTY, columns: 20 })
  return { out, text: () => String(out.read() ?? '') }
}

describe('createScreen', () => {
  it('draws over its last drawing on a terminal, and never wider than it is', () => {
    const { out, text } = terminal(true)
    const screen = createScreen(out, () => 0)
    screen.show(view)
    expect(text()).toBe('\r\x1b[0JPegel · 0:00 · ledg\n\ntenant  points in  \n')
    screen.say('news')
    expect(text()).toBe('\x1b[3A\r\x1b[0Jnews\nPegel · 0:00 · ledg\n\ntenant  points in  \n')
    screen.end()
    screen.say('after')
    expect(text()).toBe('\r\x1b[0Jafter\n')
  })

  it('prints every ten seconds elsewhere', () => {
    let now = 0
    const { out, text } = terminal(false)
    const screen = createScreen(out, () => now)
    screen.show(view)
    screen.show(view)
    screen.say('news')
    now = 10_000
    screen.show(view)
    expect(text()).toBe('Pegel · 0:00 · ledger balances\nnews\nPegel · 0:00 · ledger balances\n')
  })
})
