/** `${NAME:-default}` as a shell fills it in: the default stands for a variable that is unset or empty. */
export function expandTemplate(text: string, values: Readonly<Record<string, string | undefined>>): string {
  return text.replace(/\$\{([A-Z0-9_]+):-([^}]*)\}/g, (_, name: string, fallback: string) => {
    const value = values[name]
    return value === undefined || value === '' ? fallback : value
  })
}
