import { describe, expect, it } from '@jest/globals'
import { formatTable } from './table.ts'

describe('formatTable', () => {
  it('aligns texts left and numbers right', () => {
    expect(
      formatTable(
        ['NAME', 'COUNT'],
        [
          ['a', 1234567],
          ['longer', 5],
        ],
      ),
    ).toBe('NAME        COUNT\na       1,234,567\nlonger          5\n')
    expect(formatTable(['A'], [])).toBe('A\n')
  })
})
