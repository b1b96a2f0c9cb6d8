import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { TlsOptions } from 'node:tls'
import { defineErrors, messageOf } from '@pegel/errors'
import type { GatewayConfig } from '../config.ts'

/** Why a gateway that is to encrypt does not start. */
export const tlsErrors = defineErrors('tls', {
  incomplete: {
    retryable: false,
    text: 'TLS needs a certificate and its key: set both PEGEL_TLS_CERT_FILE and PEGEL_TLS_KEY_FILE.',
  },
  invalid: { retryable: false, text: '{setting} names {file}, which cannot be used: {problem}.' },
})

/** PEM texts that HTTPS and gRPC over TLS serve with. */
export interface TlsFiles {
  readonly cert: Buffer
  readonly key: Buffer
  /** Clients must show a certificate that this authority signed. */
  readonly clientCa: Buffer | undefined
}

type TlsConfig = Pick<GatewayConfig, 'PEGEL_TLS_CERT_FILE' | 'PEGEL_TLS_KEY_FILE' | 'PEGEL_TLS_CLIENT_CA_FILE'>

/**
 * Reads what the settings name, or gives undefined when they name nothing.
 * @throws tlsErrors.incomplete, tls_invalid: a gateway that was to encrypt must not start without
 */
export function readTls(config: TlsConfig): TlsFiles | undefined {
  const { PEGEL_TLS_CERT_FILE: certFile, PEGEL_TLS_KEY_FILE: keyFile, PEGEL_TLS_CLIENT_CA_FILE: caFile } = config
  if (certFile === undefined && keyFile === undefined && caFile === undefined) return undefined
  if (certFile === undefined || keyFile === undefined) throw tlsErrors.incomplete()
  const files = {
    cert: read('PEGEL_TLS_CERT_FILE', certFile),
    key: read('PEGEL_TLS_KEY_FILE', keyFile),
    clientCa: caFile === undefined ? undefined : read('PEGEL_TLS_CLIENT_CA_FILE', caFile),
  }
  check('PEGEL_TLS_CERT_FILE', certFile, () => createSecureContext({ cert: files.cert }))
  check('PEGEL_TLS_KEY_FILE', keyFile, () => createSecureContext({ cert: files.cert, key: files.key }))
  const { clientCa } = files
  // A secure context takes an authority that is none, and then knows no client.
  if (caFile !== undefined && clientCa !== undefined)
    check('PEGEL_TLS_CLIENT_CA_FILE', caFile, () => new X509Certificate(clientCa))
  return files
}

/** The same for node:https. */
export function httpsOptions({ cert, key, clientCa }: TlsFiles): TlsOptions {
  const plain = { cert, key }
  return clientCa === undefined ? plain : { ...plain, ca: clientCa, requestCert: true, rejectUnauthorized: true }
}

function read(setting: string, file: string): Buffer {
  return check(setting, file, () => readFileSync(file))
}

function check<T>(setting: string, file: string, use: () => T): T {
  try {
    return use()
  } catch (error) {
    throw tlsErrors.invalid({ setting, file, problem: messageOf(error) }, error)
  }
}
