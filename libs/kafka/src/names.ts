/** Names on the wire carry the deployment's prefix; names handed out never do. */
export interface Names {
  toWire(name: string): string
  fromWire(name: string): string
}

export function createNames(prefix = ''): Names {
  return {
    toWire: (name) => prefix + name,
    fromWire: (name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name),
  }
}
