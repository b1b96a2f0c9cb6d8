/** The two messages of remote write. */
export type MessageType = 'v1' | 'v2'

const MESSAGES: Readonly<Record<string, MessageType | undefined>> = {
  'prometheus.WriteRequest': 'v1',
  'io.prometheus.write.v2.Request': 'v2',
}

/**
 * The message that a Content-Type names (RFC 9110, 8.3); undefined when it is none of remote write's. Without the header, and without the
 * parameter, it is that of 1.0, as Prometheus has it.
 */
export function messageTypeOf(contentType: string | undefined): MessageType | undefined {
  if (contentType === undefined || contentType.trim() === '') return 'v1'
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim())
  if (type.toLowerCase() !== 'application/x-protobuf') return undefined
  let message: string | undefined
  for (const parameter of parameters) {
    const [name = '', ...value] = parameter.split('=')
    if (name.trim().toLowerCase() === 'proto') message = unquoted(value.join('=').trim())
  }
  return message === undefined ? 'v1' : MESSAGES[message]
}

function unquoted(value: string): string {
  return /^".*"$/.test(value) ? value.slice(1, -1) : value
}
