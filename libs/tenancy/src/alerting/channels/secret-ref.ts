import { z } from 'zod'

/**
 * Names a secret; never the secret itself. `env:NAME` is the variable PEGEL_SECRET_<TENANT>_<NAME> of the alert-router, `file:NAME` the file
 * <PEGEL_SECRETS_DIR>/<tenant>/<NAME>: so a tenant's file can reach its own
 * secrets and nobody else's. The name of a variable has no underscore: of tenants `a` and `a_b`, `A_B_C` is a secret of the second alone.
 */
export const secretRef = z
  .string()
  .regex(
    /^(?:env:[A-Z][A-Z0-9]{0,62}|file:[a-zA-Z0-9][a-zA-Z0-9_-]{0,62})$/,
    'Name a secret, as env:NAME or file:NAME; the value itself must not stand here.',
  )
