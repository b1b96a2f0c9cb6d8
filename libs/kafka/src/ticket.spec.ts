import { describe, expect, it } from '@jest/globals'
import { kafkaErrors } from './errors.ts'
import { Ticket } from './ticket.ts'

const make = (records: number, deadlineMs = 60_000): Ticket =>
  new Ticket({
    records,
    bytes: 5,
    deadlineMs,
    onDeadline: (t) => kafkaErrors.deadline_exceeded({ deadlineMs: t.deadlineMs }),
  })
const place = (offset: number) => ({ topic: 't', partition: 0, offset, timestampMs: -1 })

describe('Ticket', () => {
  it('resolves in the order of the records when the last is written', async () => {
    const ticket = make(2)
    ticket.written(1, place(8))
    expect(ticket.settled).toBe(false)
    ticket.written(0, place(7))
    expect(await ticket.promise).toEqual([place(7), place(8)])
  })

  it('settles once', async () => {
    const ticket = make(1)
    const seen: string[] = []
    ticket.onSettled(() => seen.push('listener'))
    ticket.fail(kafkaErrors.closed({ what: 'producer' }))
    ticket.fail(kafkaErrors.buffer_full())
    ticket.written(0, place(1))
    ticket.onSettled(() => seen.push('late listener'))
    await expect(ticket.promise).rejects.toMatchObject({ code: 'kafka.closed' })
    expect(seen).toEqual(['listener', 'late listener'])
  })

  it('fails at its deadline', async () => {
    await expect(make(1, 5).promise).rejects.toMatchObject({
      code: 'kafka.deadline_exceeded',
      details: { deadlineMs: 5 },
    })
  })
})
