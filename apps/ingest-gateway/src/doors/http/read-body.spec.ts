import { PassThrough } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import { ByteBudget } from '../../ingest/byte-budget.ts'
import { forget, readBody } from './read-body.ts'

function reading(options: { maxBytes?: number; declaredBytes?: number; budgetBytes?: number } = {}) {
  const stream = new PassThrough()
  const budget = new ByteBudget(options.budgetBytes ?? 1000)
  const { maxBytes = 100, declaredBytes } = options
  return { stream, budget, body: readBody(stream, { maxBytes, declaredBytes, budget, tenant: 'acme' }) }
}

describe('readBody', () => {
  it('gives the whole body and holds its bytes in the budget', async () => {
    const { stream, budget, body } = reading({ declaredBytes: 6 })
    stream.write('abc')
    stream.end('def')
    expect((await body).toString()).toBe('abcdef')
    expect(budget.used).toBe(6)
  })

  it('refuses a declared length before it reads', async () => {
    const { body } = reading({ declaredBytes: 101 })
    await expect(body).rejects.toMatchObject({
      code: 'gateway.body_too_large',
      message: expect.stringContaining('acme'),
    })
  })

  it('refuses a body as soon as it is too large, whatever was declared, and lets the rest pass by', async () => {
    const { stream, budget, body } = reading({ declaredBytes: 10 })
    stream.write(Buffer.alloc(60))
    stream.write(Buffer.alloc(60))
    await expect(body).rejects.toMatchObject({ code: 'gateway.body_too_large' })
    expect(budget.used).toBe(0)
    forget(stream)
    const rest = Buffer.alloc(10_000)
    stream.end(rest)
    await new Promise((resolve) => stream.once('end', resolve))
    expect(rest).toHaveLength(0)
  })

  it('refuses what does not fit into memory with the others', async () => {
    const { stream, budget, body } = reading({ budgetBytes: 50 })
    stream.write(Buffer.alloc(40))
    stream.write(Buffer.alloc(20))
    await expect(body).rejects.toMatchObject({ code: 'gateway.overloaded', retryable: true })
    expect(budget.used).toBe(0)
  })

  it('ends when the connection ends within the body', async () => {
    const { stream, budget, body } = reading()
    stream.write('abc')
    stream.destroy(new Error('reset'))
    await expect(body).rejects.toMatchObject({ code: 'gateway.body_incomplete' })
    expect(budget.used).toBe(0)
  })
})
