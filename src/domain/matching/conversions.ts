/**
 * The two sides of a currency conversion within one account: one line out, one in, of two currencies, that name each
 * other or something in common. Anything but exactly two is left to a person.
 */
import type { OpenLine } from './open-sides.ts'

export interface Conversions {
  readonly pairs: readonly (readonly [string, string])[]
  readonly single: readonly string[]
}

export function pairConversions(lines: readonly OpenLine[]): Conversions {
  const named = new Map<string, OpenLine[]>()
  for (const line of lines) {
    for (const key of new Set([...line.references, ...(line.group === null ? [] : [line.group])])) {
      const name = `${line.account} ${key}`
      named.set(name, [...(named.get(name) ?? []), line])
    }
  }
  const partners = new Map<string, Set<string>>()
  const byId = new Map(lines.map((line) => [line.id, line]))
  for (const together of named.values()) {
    for (const one of together) {
      for (const other of together)
        if (one !== other) partners.set(one.id, (partners.get(one.id) ?? new Set()).add(other.id))
    }
  }
  const pairs: [string, string][] = []
  const paired = new Set<string>()
  for (const line of lines) {
    const [only, ...more] = partners.get(line.id) ?? []
    const other = only === undefined || more.length > 0 ? undefined : byId.get(only)
    if (other === undefined || paired.has(line.id) || partners.get(other.id)?.size !== 1) continue
    if (other.currency === line.currency || other.amount > 0n === line.amount > 0n) continue
    paired.add(line.id).add(other.id)
    pairs.push(line.amount < 0n ? [line.id, other.id] : [other.id, line.id])
  }
  return { pairs, single: lines.filter(({ id }) => !paired.has(id)).map(({ id }) => id) }
}
