/**
 * Payouts that are due: at a cut-off, all that a network has not paid becomes a payout as soon as it reaches the minimum.
 * Never where the counter shows what is unpaid: there its fall is the payout.
 */
import { cutOffSince } from '../../domain/payouts/cut-off.ts'
import { payoutDue } from '../../domain/payouts/payout-due.ts'
import { unitsOf, type Units } from '../../domain/money/money.ts'
import type { IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import { savePayout } from '../../payelancer/store/payouts.ts'
import type { Landed } from '../../log/landing.ts'
import { dayLookedAt, saveDayLookedAt } from '../../evidence/open-item-progress.ts'
import { positions } from '../../ledger/positions.ts'
import type { PayoutSettings } from '../settings.ts'
import { accountOf, standingOf } from './account-balance.ts'
import { draftsOf, vendorWant } from '../engine/want.ts'
import { evidenceOf, requireSourceNamed, type BatchContext, type ContextSource } from './context.ts'
import { owedNow } from './negative-receivable.ts'
import { expectPosted } from './open-items.ts'

const DUE_REFERENCE = 'due-'

/** What became due on a night: drafts, and open items for them. `day` is the night's day. */
export async function payoutsDue(
  context: BatchContext,
  item: Landed,
  day: IsoDate,
): Promise<readonly TransactionDraft[]> {
  const drafts: TransactionDraft[] = []
  for (const { name, payouts } of context.settings.sources) {
    if (payouts === undefined || payouts.schedule === 'stated') continue
    const source = requireSourceNamed(context, item, name)
    if (source.counterMode === 'unpaid') continue
    const draft = await dueOf(context, item, { source, payouts, day })
    if (draft !== null) drafts.push(draft)
  }
  return drafts
}

interface Looking {
  readonly source: ContextSource
  readonly payouts: PayoutSettings
  readonly day: IsoDate
}

async function dueOf(
  context: BatchContext,
  item: Landed,
  { source, payouts, day }: Looking,
): Promise<TransactionDraft | null> {
  const { db, book } = context
  const origin = `payouts of ${source.name}`
  const looked = await dayLookedAt(db, book, origin)
  if (looked !== null && looked >= day) return null
  await saveDayLookedAt(db, book, origin, day)
  const cutOff = cutOffSince(looked, day, payouts)
  if (cutOff === null) return null
  const unpaid = await unpaidOn(context, source, day)
  const amount = payoutDue(unpaid, unitsOf(payouts.minimum), source.currency)
  const reference = `${DUE_REFERENCE}${day}`
  const object = `payout:${reference}`
  if (amount === 0n || (await positions(db, book, source.id, [object])).has(object)) return null
  const evidence = evidenceOf(item)
  await savePayout(db, { book, source: source.id }, { key: object, reference, amount, date: day }, 'due', evidence)
  await expectPosted(context, item, [{ source, kind: 'payout', posted: { object, amount, date: day, evidence } }])
  const late = cutOff === day ? '' : `; the cut-off was ${cutOff}, and this is the first night since`
  const memo = `all that was unpaid on ${day}${late}`
  const due = { object, kind: 'payout', total: amount, date: day, rule: 'P1', memo, evidence } as const
  const [draft] = await draftsOf(context, [vendorWant(context, source, due)])
  return draft ?? null
}

/**
 * What the network owes and has not put into a payout, by the books, on the account that payouts are taken from. A payout
 * stated for a later day has been taken out of it as well; what is owed back to the network is no earnings.
 */
export async function unpaidOn(context: BatchContext, source: ContextSource, day: IsoDate): Promise<Units> {
  const account = accountOf(context, source, 'payout', 'credit')
  if (account === null) return 0n
  const { until, now } = await standingOf(context, account, source.currency, { through: day })
  return (now < until ? now : until) - (await owedNow(context, source))
}
