/**
 * Tags a journal's lines: by source, by service category, by client. A line that belongs to several of them is divided so
 * that its parts sum to the line to the cent; the account's total never changes, whatever is known about its orders.
 */
import { apportion } from '../../domain/journals/apportion.ts'
import { accountClass, splitAccountKey, type Chart } from '../../domain/accounts.ts'
import { InvariantError } from '../../domain/errors.ts'
import { unitsPerMinor, type Units } from '../../domain/money/money.ts'
import type { RoundedLine } from '../../domain/journals/rounding.ts'
import type { DimensionRule, TargetMapping, TargetPlace } from '../../domain/journals/target-mapping.ts'
import type { AccountKey } from '../../domain/transaction.ts'
import type { Company } from '../company.ts'
import type { EntryDimension } from '../entry.ts'

/** What the ledger booked on one account for one category and client; null where an order has none, or it is no order. */
export interface DimensionShare {
  readonly service: string | null
  readonly client: string | null
  readonly exact: Units
}

/** The exact sums of a journal's range. Accounts that no rule by service or client concerns may be left out. */
export type DimensionSums = ReadonlyMap<AccountKey, readonly DimensionShare[]>

export interface TaggedAmount {
  readonly amount: Units
  readonly dimensions: readonly EntryDimension[]
}

/** Which rules concern an account: by default those of income and expenses, since a wallet has no class. */
export function rulesFor(mapping: TargetMapping, chart: Chart, key: AccountKey): readonly DimensionRule[] {
  const { code } = splitAccountKey(key)
  const type = chart.accounts.get(code)?.type
  const isResult = type !== undefined && ['income', 'expenses'].includes(accountClass(type))
  return mapping.dimensions.filter(({ accounts }) => (accounts === null ? isResult : accounts.has(code)))
}

export interface TaggedLine {
  readonly line: RoundedLine
  readonly currency: string
  readonly place: TargetPlace
  readonly rules: readonly DimensionRule[]
  /** Of this account, in the direction of the line. */
  readonly shares: readonly DimensionShare[]
}

/** The line's amounts by tags, in the target's own names, none of them zero; they sum to the line. */
export function tagLine({ line, currency, place, rules, shares }: TaggedLine): readonly TaggedAmount[] {
  const all = isDivided(rules) ? shares : []
  const known = all.reduce((sum, { exact }) => sum + exact, 0n)
  if (all.length > 0 && known !== line.exact) {
    const message = `The orders of ${line.account} sum to ${known} units and its journal line to ${line.exact}.`
    throw new InvariantError('DIMENSIONS_BROKEN', message, 'Run tieout ledger verify.')
  }
  const parts = all.length > 0 ? all : [{ service: null, client: null, exact: line.exact }]
  const groups = new Map<string, { readonly dimensions: readonly EntryDimension[]; exact: Units }>()
  for (const part of parts) {
    const dimensions = tagsOf(place, rules, { ...part, source: splitAccountKey(line.account).wallet ?? null })
    const key = JSON.stringify(dimensions.map(({ name, value }) => [name, value]))
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { dimensions, exact: part.exact })
    else group.exact += part.exact
  }
  const unit = unitsPerMinor(currency)
  const sorted = [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
  const counts = apportion(
    sorted.map(({ exact }) => exact),
    unit,
    line.rounded / unit,
  )
  return sorted.flatMap(({ dimensions }, index) => {
    const amount = (counts[index] ?? 0n) * unit
    return amount === 0n ? [] : [{ amount, dimensions }]
  })
}

/** Whether shares of orders are needed at all. */
export function isDivided(rules: readonly DimensionRule[]): boolean {
  return rules.some(({ from }) => from !== 'source')
}

/** An account's own tags go before a rule's. At most one value for each dimension, by name. */
function tagsOf(
  place: TargetPlace,
  rules: readonly DimensionRule[],
  values: Readonly<Record<DimensionRule['from'], string | null>>,
): readonly EntryDimension[] {
  const tags = new Map<string, string>()
  for (const { name, from, values: names, fallback } of rules) {
    const raw = values[from]
    const value = (raw === null ? undefined : names.get(raw)) ?? fallback
    if (value !== null && !tags.has(name)) tags.set(name, value)
  }
  for (const [name, value] of place.tags) tags.set(name, value)
  return [...tags].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => ({ name, value }))
}

/** A tag as the target's body names it, or a sentence why it cannot. */
export function resolveDimension(company: Company, { name, value }: EntryDimension): EntryDimension | string {
  const dimension = company.dimensions.find((each) => each.name === name)
  if (dimension === undefined) {
    const known = company.dimensions.map((each) => `"${each.name}"`)
    return `${company.name} has no dimension "${name}"${known.length === 0 ? '' : `; it has ${known.join(', ')}`}.`
  }
  const active = dimension.values.filter(({ isActive }) => isActive)
  const found = active.find((each) => each.name === value)
  if (found !== undefined) return { name, value: found.id }
  const isThere = dimension.values.some((each) => each.name === value)
  const known = active.slice(0, MOST_NAMED).map((each) => `"${each.name}"`)
  const more = active.length > MOST_NAMED ? ` and ${active.length - MOST_NAMED} more` : ''
  const choice = known.length === 0 ? '' : `; it has ${known.join(', ')}${more}`
  return `The ${name} "${value}" ${isThere ? 'is inactive' : 'does not exist'} in ${company.name}${choice}.`
}

/** A company may have hundreds of classes, and nobody reads that many in a sentence. */
const MOST_NAMED = 8
