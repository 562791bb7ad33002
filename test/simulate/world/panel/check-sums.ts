/**
 * Orders at one rate cost as their quantities do, so what came back of one can be just what two others come to. A wallet
 * shows sums alone: what was proven together by one reading may be any credits that come to it.
 */
import type { Books } from '../../oracles/books.ts'
import type { Truth } from './check.ts'
import type { Rounding, RoundingMode } from './plan.ts'
import { shareOf } from './rounding.ts'
import type { Entry } from './vendor.ts'

const PROVEN_TOGETHER = `
  select count(*) as count, sum(txn.amount) as total from txn join source on source.book = txn.book and source.id = txn.source
  where source.name = ? and txn.kind = 'refund' and txn.rule like 'refund/wallet-%'
  group by txn.book, txn.source, txn.evidence_batch
  having sum(txn.object = ?) > 0`

/** Whether the order's refund was proven with others, and one or two credits come to just what all of these do. */
export function isSumOfOthers({ plan, vendor }: Truth, books: Books, { id }: Entry): boolean {
  const credits = vendor
    .entries()
    .flatMap((entry) => [...entry.credits, ...entry.again])
    .filter(({ atMs }) => atMs <= vendor.nowMs())
    .map(({ amount }) => amount)
  return books.rows(PROVEN_TOGETHER, plan.name, `order:${id}`).some(({ count, total }) => {
    if (Number(count) < 2) return false
    const sum = BigInt(String(total))
    return credits.some((one, at) => one === sum || credits.some((other, next) => next > at && one + other === sum))
  })
}

const MODES: readonly RoundingMode[] = ['half-up', 'half-even', 'floor', 'ceil', 'ratio-6']

/**
 * What these orders' shares come to, where another rounding comes to the same and differs one by one: then a wallet cannot
 * tell which it was. Null where it can.
 */
export function sumRoundedTwoWays(
  entries: readonly Pick<Entry, 'gross' | 'remains' | 'quantity'>[],
  rounding: Rounding,
): bigint | null {
  const shares = (mode: RoundingMode): readonly bigint[] =>
    entries.map(({ gross, remains, quantity }) => shareOf(gross, remains, quantity, { ...rounding, mode }))
  const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)
  const shown = shares(rounding.mode)
  const total = sum(shown)
  return MODES.map(shares).some((other) => sum(other) === total && other.some((each, at) => each !== shown[at]))
    ? total
    : null
}
