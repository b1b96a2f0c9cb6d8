import { execFileSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'

/** Collections of the whole heap in a process that holds up to 80 MB of buffers, and lets all of them go, 40 times over. */
function collections(before: string): number {
  const program = `
    ${before}
    const { constants, PerformanceObserver } = await import('node:perf_hooks')
    let collections = 0
    const major = constants.NODE_PERFORMANCE_GC_MAJOR
    new PerformanceObserver((list) => {
      for (const { detail } of list.getEntries()) if (detail.kind === major) collections += 1
    }).observe({ entryTypes: ['gc'] })
    const kept = Array.from({ length: 300_000 }, (_none, index) => ({ index }))
    for (let wave = 0; wave < 40; wave++) {
      const held = Array.from({ length: 800 }, () => new ArrayBuffer(100_000))
      for (const memory of held) memory.transfer(0)
      await new Promise(setImmediate)
    }
    console.log(collections, kept.length)`
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' })
  return Number.parseInt(output, 10)
}

describe('setHeapGrowth', () => {
  it('spares a process most collections that buffers cause which are freed in time', () => {
    const module = new URL('heap-growth.ts', import.meta.url).href
    const call = `const { setHeapGrowth } = await import(${JSON.stringify(module)}); setHeapGrowth()`
    const without = collections('')
    expect(without).toBeGreaterThan(10)
    expect(collections(call)).toBeLessThan(without / 2)
  })
})
