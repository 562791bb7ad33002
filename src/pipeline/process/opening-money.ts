/**
 * What a bank, card, PayPal or Razorpay account held when the books start, as an evidence file states it: once for each
 * currency, and of a later file only the difference. An overdrawn account, and what is owed on a card, is the same the other
 * way round.
 */
import { isoDateInZone } from '../../domain/time/dates.ts'
import { moneyPostings } from '../../domain/posting-rules.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { positions } from '../../ledger/positions.ts'
import type { EvidenceRow } from '../../sources/evidence-file/row.ts'
import type { MoneyAccountSettings } from '../settings.ts'
import { evidenceOf, unknownLanding, type BatchContext } from './context.ts'
import type { RowVerdict } from './evidence-rows.ts'

const KIND = 'opening-money'
/** An overdrawn account, as cumulative amounts are never negative. Named as entry-kind.ts names a kind the other way round. */
export const OVERDRAWN = `${KIND}-back`

export function moneyAccounts({ settings }: Pick<BatchContext, 'settings'>): readonly MoneyAccountSettings[] {
  return settings.money?.accounts ?? []
}

/** As a file of evidence may speak of it. */
export function asSource({ currency, type }: MoneyAccountSettings) {
  return { kind: 'money' as const, currency, holdsAny: type === 'paypal' }
}

export async function openMoney(
  context: BatchContext,
  item: Landed,
  { name, code, currency: own }: MoneyAccountSettings,
  { amount: balance, currency, time, note }: EvidenceRow,
): Promise<RowVerdict> {
  const source = context.sourceIds.get(name)
  if (source === undefined) throw unknownLanding(item, `account "${name}"`)
  const object = currency === own ? 'opening' : `opening:${currency}`
  const held = (await positions(context.db, context.book, source, [object])).get(object)
  const drafts = [KIND, OVERDRAWN].flatMap((kind): readonly TransactionDraft[] => {
    const sign = kind === KIND ? 1n : -1n
    const wanted = max(sign * balance, 0n)
    const was = held?.get(kind)
    const amount = wanted - (was?.cumulative ?? 0n)
    if (amount === 0n) return []
    return [
      {
        source: name,
        object,
        kind,
        version: (was?.version ?? 0) + 1,
        currency,
        amount,
        cumulative: wanted,
        effectiveDate: time.kind === 'date' ? time.date : isoDateInZone(time.ms, context.settings.book.timeZone),
        rule: 'E1',
        memo: note,
        evidence: evidenceOf(item),
        postings: moneyPostings(context.rules, {
          kind: KIND,
          account: `${code}:${name}`,
          source: '',
          amount: sign * amount,
        }),
      },
    ]
  })
  return drafts.length === 0 ? { kind: 'unchanged' } : { kind: 'posted', drafts }
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
