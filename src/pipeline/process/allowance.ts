/** The month-end allowance of publishers that have one: accrued on the last day, reversed by the next night. */
import { allowanceOf, monthEndBy } from '../../domain/payouts/allowance.ts'
import type { Units } from '../../domain/money/money.ts'
import type { IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { dayLookedAt, saveDayLookedAt } from '../../evidence/open-item-progress.ts'
import { accountOf, standingOf } from './account-balance.ts'
import { draftOf, evidenceOf, requireSourceNamed, type BatchContext, type ContextSource } from './context.ts'
import { cumulativeDraft } from './cumulative-draft.ts'

const KIND = 'allowance'

export async function bookAllowances(
  context: BatchContext,
  item: Landed,
  day: IsoDate,
): Promise<readonly TransactionDraft[]> {
  const drafts: TransactionDraft[] = []
  for (const { name, payouts } of context.settings.sources) {
    if (payouts === undefined || payouts.allowanceBasisPoints === 0) continue
    const source = requireSourceNamed(context, item, name)
    drafts.push(...(await allowancesOf(context, item, { source, basisPoints: payouts.allowanceBasisPoints, day })))
  }
  return drafts
}

interface Allowing {
  readonly source: ContextSource
  readonly basisPoints: number
  readonly day: IsoDate
}

async function allowancesOf(
  context: BatchContext,
  item: Landed,
  { source, basisPoints, day }: Allowing,
): Promise<readonly TransactionDraft[]> {
  const { db, book } = context
  const origin = `allowance of ${source.name}`
  const looked = await dayLookedAt(db, book, origin)
  if (looked !== null && looked >= day) return []
  await saveDayLookedAt(db, book, origin, day)
  const end = monthEndBy(day)
  const object = `allowance:${end.slice(0, 7)}`
  const drafts: TransactionDraft[] = []
  for (const before of await standing(context, source)) {
    if (before === object && end === day) continue
    const about = { object: before, kind: KIND, total: 0n, date: day, rule: 'B3' } as const
    const released = await cumulativeDraft(context, source, item, { ...about, memo: '' })
    if (released !== null) drafts.push(released)
  }
  if (looked === null ? end !== day : end <= looked) return drafts
  const total = allowanceOf(await earnedIn(context, source, end), basisPoints, source.currency)
  const memo = `of what ${end.slice(0, 7)} earned`
  const about = { object, kind: KIND, total, date: end, rule: 'B3', memo } as const
  const accrued = await cumulativeDraft(context, source, item, about)
  if (accrued === null) return drafts
  drafts.push(accrued)
  // The night of the month's end was missed: the month gets its allowance all the same, and this one takes it back.
  if (end < day) {
    const version = accrued.version + 1
    const undone = { amount: -total, cumulative: 0n, effectiveDate: day, rule: 'B3' } as const
    drafts.push(draftOf(context, { source, object, kind: KIND, version, ...undone, evidence: evidenceOf(item) }))
  }
  return drafts
}

/** Months whose allowance has not been taken back. */
async function standing({ db, book }: BatchContext, source: ContextSource): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('txn')
    .select('object')
    .where('book', '=', book)
    .where('source', '=', source.id)
    .where('object', '>=', `${KIND}:`)
    .where('object', '<', `${KIND};`)
    .groupBy('object')
    .having(({ fn }) => fn.sum<bigint>('amount'), '>', 0n)
    .orderBy('object')
    .execute()
  return rows.map(({ object }) => object)
}

/** Earnings less clawbacks of the month that ends on `end`. */
async function earnedIn(context: BatchContext, source: ContextSource, end: IsoDate): Promise<Units> {
  const month = { from: `${end.slice(0, 7)}-01`, through: end }
  let earned = 0n
  for (const account of [
    accountOf(context, source, 'earn', 'credit'),
    accountOf(context, source, 'clawback', 'debit'),
  ]) {
    if (account !== null) earned -= (await standingOf(context, account, source.currency, month)).until
  }
  return earned
}
