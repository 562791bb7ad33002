/**
 * What a test holds settlements against: the conversion account of one match, what went in and out in several currencies comes to nothing once valued in the
 * book's currency, at the rates of the days the money moved or the books took an item up.
 */
import type { Units } from '../../../src/domain/money/money.ts'
import { parseEntryKind } from '../../../src/domain/settlement/entry-kind.ts'
import { worthInBook } from '../../../src/domain/settlement/convert.ts'
import type { SettleContext } from '../../../src/domain/settlement/settlement.ts'
import type { IsoDate } from '../../../src/domain/transaction.ts'
import type { Posts } from '../../../src/domain/matching/how.ts'

interface ConvertedLine {
  readonly currency: string
  readonly date: IsoDate
  readonly posts: Posts
}

interface ConvertedItem {
  readonly currency: string
  /** The day whose rate it is carried at. */
  readonly date: IsoDate
  readonly amount: Units
}

/** What the account moved by: debit positive. */
interface ConversionEntry {
  readonly kind: 'in' | 'out' | 'settled' | 'difference'
  readonly currency: string
  readonly amount: Units
}

/** What the lines of a match post on the conversion account. */
function conversionEntries({ currency, posts }: Pick<ConvertedLine, 'currency' | 'posts'>): readonly ConversionEntry[] {
  return [...posts].flatMap(([name, amount]) => {
    const entry = parseEntryKind(name, currency)
    const shown = CONVERSION_KINDS[entry.kind]
    return shown === undefined
      ? []
      : [{ kind: shown.kind, currency: entry.currency, amount: shown.debit * entry.sign * amount }]
  })
}

const CONVERSION_KINDS: Readonly<Record<string, { kind: ConversionEntry['kind']; debit: 1n | -1n } | undefined>> = {
  'conversion-out': { kind: 'out', debit: 1n },
  'conversion-in': { kind: 'in', debit: -1n },
  'conversion-settled': { kind: 'settled', debit: 1n },
  'conversion-paid': { kind: 'settled', debit: 1n },
  'conversion-moved': { kind: 'settled', debit: 1n },
  'fx-difference': { kind: 'difference', debit: -1n },
}

/** What is left once everything is valued; null when a rate is missing or nobody can say which day's rate counts. */
export function valuedConversion(
  lines: readonly ConvertedLine[],
  items: readonly ConvertedItem[],
  context: SettleContext,
): Units | null {
  let total = 0n
  let settled = 0n
  for (const line of lines) {
    for (const { kind, currency, amount } of conversionEntries(line)) {
      if (kind === 'settled') {
        settled += amount
        continue
      }
      const worth = worthOf(context, amount, currency, line.date)
      if (worth === null) return null
      total += worth
    }
  }
  const worth = settled === 0n ? 0n : settledWorth(settled, items, context)
  return worth === null ? null : total + worth
}

/** Of several items each is valued at its own day, which needs the whole of them to be settled. */
function settledWorth(amount: Units, items: readonly ConvertedItem[], context: SettleContext): Units | null {
  const [first] = items
  if (first === undefined) return null
  if (items.every(({ date }) => date === first.date)) return worthOf(context, amount, first.currency, first.date)
  if (items.reduce((sum, each) => sum + each.amount, 0n) !== amount) return null
  let total = 0n
  for (const item of items) {
    const worth = worthOf(context, item.amount, item.currency, item.date)
    if (worth === null) return null
    total += worth
  }
  return total
}

function worthOf(context: SettleContext, amount: Units, currency: string, day: IsoDate): Units | null {
  const worth = worthInBook(context, amount, currency, day)
  return worth.ok ? worth.units : null
}
