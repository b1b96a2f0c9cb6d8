import { describe, expect, it } from '@jest/globals'
import { isPublic, isWithin, parseRanges } from './address-ranges.ts'

describe('isPublic', () => {
  it.each(['1.1.1.1', '93.184.216.34', '2606:4700:4700::1111', '::ffff:1.1.1.1'])('takes %s', (address) => {
    expect(isPublic(address)).toBe(true)
  })

  it.each([
    ...['127.0.0.1', '127.1.2.3', '0.0.0.0', '10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1'],
    ...['192.0.2.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '240.0.0.1'],
    ...['::', '::1', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '2001:db8::1'],
    ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::a00:1', '2002:a00:1::', '2001:0:a00:1::', 'nonsense', ''],
  ])('refuses %s', (address) => {
    expect(isPublic(address)).toBe(false)
  })
})

describe('isWithin', () => {
  const ranges = parseRanges(['127.0.0.0/8', 'fd00::/8'])

  it('knows both families, and IPv4 in IPv6’s clothes', () => {
    expect(
      ['127.0.0.1', '::ffff:127.0.0.9', 'fd12::1', '128.0.0.1', '::1'].map((each) => isWithin(each, ranges)),
    ).toEqual([...[true, true, true], ...[false, false]])
  })

  it('wants ranges', () => {
    expect(() => parseRanges(['everywhere'])).toThrow()
  })
})
