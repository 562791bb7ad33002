/**
 * What differs between an entry as we sent it and as the target holds it, as sentences with both versions. Lines are a
 * multiset: targets reorder and merge nothing, but the order in which they answer means nothing either.
 */
import { formatMoney } from '../domain/money/money.ts'
import { compareKeys } from '../domain/journals/rounding.ts'
import type { EntryLine, RemoteEntry, TargetEntry } from './entry.ts'

/** Names of accounts by the target's own ids, which say nothing to anybody. */
export type AccountNames = ReadonlyMap<string, string>

const NO_NAMES: AccountNames = new Map()

/** Empty when the two say the same. Who has been voided or deleted is not compared: see `isThere`. */
export function compareEntries(
  ours: TargetEntry,
  theirs: TargetEntry,
  names: AccountNames = NO_NAMES,
): readonly string[] {
  return [
    ...fact('document', ours.document, theirs.document),
    ...fact('date', ours.date, theirs.date),
    ...fact('currency', ours.currency, theirs.currency),
    ...fact('exchange rate', rateOf(ours), rateOf(theirs)),
    ...fact('memo', ours.memo.trim(), theirs.memo.trim()),
    ...compareLines(ours, theirs, names),
  ]
}

/** Whether the entry counts in the target's books, or will when somebody posts it. */
export function isThere({ status }: Pick<RemoteEntry, 'status'>): boolean {
  return status === 'posted' || status === 'draft'
}

function fact(name: string, ours: string, theirs: string): readonly string[] {
  return ours === theirs ? [] : [`${name}: sent ${quoted(ours)}, there ${quoted(theirs)}`]
}

function quoted(text: string): string {
  return text === '' ? 'none' : `"${text}"`
}

/** "1.0850" and "1.085" are one rate; no rate and 1 are too. */
function rateOf({ exchangeRate }: Pick<TargetEntry, 'exchangeRate'>): string {
  if (exchangeRate === null) return ''
  const plain = exchangeRate.includes('.') ? exchangeRate.replace(/\.?0+$/, '') : exchangeRate
  return plain === '1' ? '' : plain
}

function compareLines(ours: TargetEntry, theirs: TargetEntry, names: AccountNames): readonly string[] {
  const left = new Map<string, { readonly line: EntryLine; count: number }>()
  for (const line of ours.lines) {
    const found = left.get(lineKey(line))
    if (found === undefined) left.set(lineKey(line), { line, count: 1 })
    else found.count += 1
  }
  const extra: EntryLine[] = []
  for (const line of theirs.lines) {
    const found = left.get(lineKey(line))
    if (found === undefined || found.count === 0) extra.push(line)
    else found.count -= 1
  }
  const missing = [...left.values()].flatMap(({ line, count }) => Array.from({ length: count }, () => line))
  return [
    ...missing.map((line) => `sent, and not there: ${describeLine(line, names)}`),
    ...extra.map((line) => `there, and never sent: ${describeLine(line, names)}`),
  ]
}

function lineKey({ account, amount, description, dimensions, entity }: EntryLine): string {
  const tags = dimensions.map(({ name, value }) => JSON.stringify([name, value])).toSorted(compareKeys)
  return JSON.stringify([account, String(amount), description.trim(), tags, entity?.type ?? '', entity?.id ?? ''])
}

/** The same for two entries that say the same of the books, whatever their number and memo: the mark of a copy. */
export function contentKey({ date, currency, exchangeRate, lines }: TargetEntry): string {
  const rate = rateOf({ exchangeRate })
  return JSON.stringify([date, currency, rate, ...lines.map(lineKey).toSorted(compareKeys)])
}

/** "debit 12.50 on account 60 (Fees), "August", class Retail". */
function describeLine({ account, amount, description, dimensions, entity }: EntryLine, names: AccountNames): string {
  const side = amount > 0n ? 'debit' : 'credit'
  const name = names.get(account)
  const parts = [
    `${side} ${formatMoney(amount > 0n ? amount : -amount)} on account ${account}${name === undefined ? '' : ` (${name})`}`,
    ...(description.trim() === '' ? [] : [`"${description.trim()}"`]),
    ...dimensions.map(({ name, value }) => `${name} ${value}`),
    ...(entity === null ? [] : [`${entity.type} ${entity.id}`]),
  ]
  return parts.join(', ')
}

/** "ACME-20261105-1 of 2026-11-05, USD: debit …; credit …": one version, whole. */
export function describeEntry(
  { document, date, currency, lines }: TargetEntry,
  names: AccountNames = NO_NAMES,
): string {
  return `${document} of ${date}, ${currency}: ${lines.map((line) => describeLine(line, names)).join('; ')}`
}
