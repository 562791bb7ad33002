/**
 * Whether the entry QuickBooks says it created is the one that was sent. It answers a repeated request id with the first
 * entry, whatever the second body was, and that would pass for success.
 */
import { compareKeys } from '../../domain/rounding.ts'
import type { EntryLine, TargetEntry } from '../entry.ts'
import { plainRate } from './observe.ts'

/** What differs, in words; empty when it is the same entry. Descriptions and memos are left to the reading back. */
export function echoDifferences(sent: TargetEntry, echoed: TargetEntry): readonly string[] {
  const pairs = [
    ['number', sent.document, echoed.document],
    ['date', sent.date, echoed.date],
    ['currency', sent.currency, echoed.currency],
    ['exchange rate', rateOf(sent), rateOf(echoed)],
  ] as const
  const fields = pairs.flatMap(([name, ours, theirs]) => (ours === theirs ? [] : [`${name} ${theirs}, not ${ours}`]))
  return isSame(lineKeys(sent), lineKeys(echoed)) ? fields : [...fields, 'other lines than the ones sent']
}

/** An entry in the home currency is sent without a rate and may come back with 1. */
function rateOf({ exchangeRate }: TargetEntry): string {
  return exchangeRate === null ? '1' : plainRate(exchangeRate)
}

function lineKeys({ lines }: TargetEntry): readonly string[] {
  return lines.map(lineKey).toSorted(compareKeys)
}

function lineKey({ account, amount, dimensions, entity }: EntryLine): string {
  const tags = dimensions.map(({ name, value }) => [name, value])
  return JSON.stringify([account, amount.toString(), entity?.type ?? '', entity?.id ?? '', tags])
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index])
}
