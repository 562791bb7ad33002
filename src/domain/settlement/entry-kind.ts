/**
 * The ledger's name of one of a line's totals. A cumulative amount in the ledger is never negative and has one account
 * pair and one currency, so the direction, the vendor and a foreign currency are part of the kind's name:
 * "payout-received:adnet", "fx-difference-back:USD".
 */
import { InvariantError } from '../errors.ts'
import type { Units } from '../money/money.ts'
import { MONEY_KINDS, type MoneyKind } from '../posting-rules.ts'
import type { LineTotal } from './settlement.ts'

const BACK = '-back'

/** The transaction kind of a total, whose cumulative amount is then its magnitude. */
export function entryKind(total: LineTotal, lineCurrency: string): string {
  const back = total.amount < 0n ? BACK : ''
  const source = total.source === '' ? '' : `:${total.source}`
  const currency = total.currency === lineCurrency ? '' : `:${total.currency}`
  return `${total.kind}${back}${source}${currency}`
}

export interface EntryKind {
  readonly kind: MoneyKind
  /** −1 when what is posted is the event the other way round. */
  readonly sign: 1n | -1n
  readonly source: string
  readonly currency: string
}

/** What `entryKind` named; throws InvariantError for any other text. */
export function parseEntryKind(text: string, lineCurrency: string): EntryKind {
  const [name = '', ...about] = text.split(':')
  const isBack = name.endsWith(BACK)
  const base = isBack ? name.slice(0, -BACK.length) : name
  const kind = MONEY_KINDS.find((each) => each === base)
  if (kind === undefined)
    throw new InvariantError('MONEY_KIND_UNKNOWN', `The ledger has a statement line of kind "${text}".`)
  const currency = about.find((part) => /^[A-Z]{3}$/.test(part)) ?? lineCurrency
  const source = about.find((part) => !/^[A-Z]{3}$/.test(part)) ?? ''
  return { kind, sign: isBack ? -1n : 1n, source, currency }
}

/** Transaction kind → cumulative amount, never negative: what the ledger is to hold for the line. */
export function desiredEntries(totals: readonly LineTotal[], lineCurrency: string): ReadonlyMap<string, Units> {
  const entries = new Map<string, Units>()
  for (const total of totals) {
    const kind = entryKind(total, lineCurrency)
    entries.set(kind, (entries.get(kind) ?? 0n) + (total.amount < 0n ? -total.amount : total.amount))
  }
  return entries
}
