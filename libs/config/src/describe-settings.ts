import { z } from 'zod'

/** What is known of one environment variable, from its schema. */
export interface SettingInfo {
  readonly name: string
  readonly description: string
  readonly secret: boolean
  readonly required: boolean
  /** Value when it is not set; undefined when there is none. */
  readonly fallback: unknown
}

/** The variables of a schema in its order; pages of reference and --help are made from it. */
export function describeSettings(schema: z.ZodObject): readonly SettingInfo[] {
  return Object.entries<z.core.$ZodType>(schema.shape).map(([name, type]) => describeSetting(name, type))
}

function describeSetting(name: string, type: z.core.$ZodType): SettingInfo {
  let [description, secret, required, fallback]: [string, boolean, boolean, unknown] = ['', false, true, undefined]
  for (let layer: z.core.$ZodType | undefined = type; layer !== undefined; layer = inner(layer)) {
    const meta: Readonly<Record<string, unknown>> = z.globalRegistry.get(layer) ?? {}
    if (description === '' && typeof meta.description === 'string') description = meta.description
    secret ||= meta.secret === true
    if (layer instanceof z.ZodOptional) required = false
    if (!(layer instanceof z.ZodDefault)) continue
    if (required) fallback = layer.def.defaultValue
    required = false
  }
  return { name, description, secret, required, fallback }
}

/** What a wrapper wraps: a description or a mark may stand at any layer. */
function inner(layer: z.core.$ZodType): z.core.$ZodType | undefined {
  if (layer instanceof z.ZodDefault || layer instanceof z.ZodOptional || layer instanceof z.ZodNullable) {
    return layer.def.innerType
  }
  return layer instanceof z.ZodPipe ? layer.def.in : undefined
}
