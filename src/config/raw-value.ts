/** Safe looks into a configuration as it was parsed from YAML, before anything is known about its shape. */

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function property(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
