import ipaddr from 'ipaddr.js'

/** Ranges of addresses, as CIDR. */
export type Ranges = readonly (readonly [ipaddr.IPv4 | ipaddr.IPv6, number])[]

/** Throws on anything that is no CIDR. */
export function parseRanges(texts: readonly string[]): Ranges {
  return texts.map((text) => ipaddr.parseCIDR(text))
}

/** Whether an address is one of these; IPv4 in IPv6's clothes (::ffff:10.0.0.1) is IPv4. */
export function isWithin(address: string, ranges: Ranges): boolean {
  const parsed = ipaddr.process(address)
  return ranges.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base, bits))
}

/**
 * Whether everybody on the internet could mean this address: not loopback, private, link-local (cloud metadata), shared, multicast, reserved,
 * and no form of IPv6 that carries an IPv4 address inside (6to4, Teredo, NAT64), since that may be one of them.
 */
export function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast'
}
