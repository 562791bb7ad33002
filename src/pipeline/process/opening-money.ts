/**
 * What a bank, card, PayPal or Razorpay account held when the books start, as an evidence file states it: once for each
 * currency, and of a later file only the difference. An overdrawn account, and what is owed on a card, is the same the other
 * way round.
 */
import { isoDateInZone } from '../../domain/time/dates.ts'
import type { Landed } from '../../log/landing.ts'
import type { EvidenceRow } from '../../sources/evidence-file/row.ts'
import type { MoneyAccountSettings } from '../settings.ts'
import { draftsOf, moneyWant } from '../engine/want.ts'
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
  const date = time.kind === 'date' ? time.date : isoDateInZone(time.ms, context.settings.book.timeZone)
  const wants = [KIND, OVERDRAWN].map((kind) => {
    const sign = kind === KIND ? 1n : -1n
    const total = max(sign * balance, 0n)
    const wanted = { object, kind, total, date, rule: 'E1', memo: note, evidence: evidenceOf(item) } as const
    const entry = { kind: KIND, account: `${code}:${name}`, source: '', sign } as const
    return moneyWant(context, { source: { id: source, name }, currency }, wanted, entry)
  })
  const drafts = await draftsOf(context, wants)
  return drafts.length === 0 ? { kind: 'unchanged' } : { kind: 'posted', drafts }
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
