/**
 * What a bank, PayPal or Razorpay account held when the books start, as an evidence file states it: once for each currency,
 * and of a later file only the difference.
 */
import { isoDateInZone } from '../../domain/time/dates.ts'
import { moneyPostings } from '../../domain/posting-rules.ts'
import type { Landed } from '../../evidence/landing.ts'
import { positions } from '../../ledger/positions.ts'
import type { EvidenceRow } from '../../sources/evidence-file/row.ts'
import type { MoneyAccountSettings } from '../settings.ts'
import { evidenceOf, unknownLanding, type BatchContext } from './context.ts'
import type { RowVerdict } from './evidence-rows.ts'

const KIND = 'opening-money'

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
  { amount: cumulative, currency, time, note }: EvidenceRow,
): Promise<RowVerdict> {
  const source = context.sourceIds.get(name)
  if (source === undefined) throw unknownLanding(item, `account "${name}"`)
  const object = currency === own ? 'opening' : `opening:${currency}`
  const held = (await positions(context.db, context.book, source, [object])).get(object)?.get(KIND)
  const amount = cumulative - (held?.cumulative ?? 0n)
  if (amount === 0n) return { kind: 'unchanged' }
  const account = `${code}:${name}`
  const draft = {
    source: name,
    object,
    kind: KIND,
    version: (held?.version ?? 0) + 1,
    currency,
    amount,
    cumulative,
    effectiveDate: time.kind === 'date' ? time.date : isoDateInZone(time.ms, context.settings.book.timeZone),
    rule: 'evidence/opening',
    memo: note,
    evidence: evidenceOf(item),
    postings: moneyPostings(context.rules, { kind: KIND, account, source: '', amount }),
  }
  return { kind: 'posted', drafts: [draft] }
}
