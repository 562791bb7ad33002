/**
 * Which of its two amounts a line that states its own fee is compared with: what moved the account, or that before the
 * fee. What is expected decides: first of all who names the same, then of what was settled together, then of one line.
 */
import type { Units } from '../money/money.ts'
import { hasLeft, type OpenItem, type OpenLine } from './open-sides.ts'

type Weight = 'net' | 'gross'

/** Something expects this sum on the account of the line. */
type Expected = (line: OpenLine, sum: Units) => boolean

/** The gross, unless something expects just what moved. */
export function weigh(lines: readonly OpenLine[], items: readonly OpenItem[]): ReadonlyMap<string, Units> {
  const stating = lines.filter(({ amount, gross }) => amount !== gross)
  if (stating.length === 0) return new Map(lines.map(({ id, amount }) => [id, amount]))
  const sums = Map.groupBy(items, (item) => sumKey(item.currency, item.amount))
  const expected: Expected = (line, sum) =>
    (sums.get(sumKey(line.currency, sum)) ?? []).some((item) => !hasLeft(item) || item.source !== line.account)
  const named = byNames(lines, items)
  const grouped = byGroups(stating, expected)
  return new Map(
    lines.map((line) => {
      const { id, amount, gross, group } = line
      const weight =
        named.get(id) ??
        (group === null ? undefined : grouped.get(groupKey(line))) ??
        (expected(line, amount) ? 'net' : 'gross')
      return [id, weight === 'gross' ? gross : amount]
    }),
  )
}

/** Lines whose sum, in one of the two ways only, is what the items that name the same come to. */
function byNames(lines: readonly OpenLine[], items: readonly OpenItem[]): ReadonlyMap<string, Weight> {
  const itemsByName = gather(items)
  const weights = new Map<string, Weight>()
  for (const [name, some] of gather(lines)) {
    const theirs = itemsByName.get(name)
    if (theirs === undefined) continue
    const weight = weightOf(some, (sum) => sum === total(theirs))
    if (weight !== null) for (const { id } of some) weights.set(id, weights.get(id) ?? weight)
  }
  return weights
}

/** Lines settled together whose sum something expects. */
function byGroups(lines: readonly OpenLine[], expected: Expected): ReadonlyMap<string, Weight> {
  const weights = new Map<string, Weight>()
  const groups = Map.groupBy(
    lines.filter(({ group }) => group !== null),
    groupKey,
  )
  for (const [key, some] of groups) {
    const [first] = some
    const weight = weightOf(some, (sum) => first !== undefined && expected(first, sum))
    if (weight !== null) weights.set(key, weight)
  }
  return weights
}

/** Null when neither sum is expected; what moved comes first. */
function weightOf(lines: readonly OpenLine[], isExpected: (sum: Units) => boolean): Weight | null {
  if (isExpected(total(lines))) return 'net'
  return isExpected(lines.reduce((sum, { gross }) => sum + gross, 0n)) ? 'gross' : null
}

/** By currency and reference. */
function gather<Side extends Pick<OpenLine, 'currency' | 'references'>>(
  sides: readonly Side[],
): ReadonlyMap<string, readonly Side[]> {
  const found = new Map<string, Side[]>()
  for (const side of sides) {
    for (const reference of new Set(side.references)) {
      const key = `${side.currency} ${reference}`
      const known = found.get(key)
      if (known === undefined) found.set(key, [side])
      else known.push(side)
    }
  }
  return found
}

function groupKey({ account, currency, group }: OpenLine): string {
  return JSON.stringify([account, currency, group])
}

function sumKey(currency: string, amount: Units): string {
  return `${currency} ${amount}`
}

function total(sides: readonly { readonly amount: Units }[]): Units {
  return sides.reduce((sum, { amount }) => sum + amount, 0n)
}
