/** The month-end allowance of publishers that have one: accrued on the last day, reversed by the next night. */
import { allowanceOf, monthEndBy } from '../../domain/payouts/allowance.ts'
import type { Units } from '../../domain/money/money.ts'
import type { IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { dayLookedAt, saveDayLookedAt } from '../../evidence/open-item-progress.ts'
import { accountOf, standingOf } from './account-balance.ts'
import { bring, type Wanted } from '../engine/want.ts'
import { evidenceOf, requireSourceNamed, type BatchContext, type ContextSource } from './context.ts'

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
  const about = { kind: KIND, rule: 'B3', evidence: evidenceOf(item) } as const
  const wanted: Wanted[] = (await standing(context, source))
    .filter((before) => before !== object || end !== day)
    .map((before) => ({ ...about, object: before, total: 0n, date: day }))
  if (looked === null ? end === day : end > looked) {
    const total = allowanceOf(await earnedIn(context, source, end), basisPoints, source.currency)
    wanted.push({ ...about, object, total, date: end, memo: `of what ${end.slice(0, 7)} earned` })
    // The night of the month's end was missed: the month gets its allowance all the same, and this one takes it back.
    if (end < day) wanted.push({ ...about, object, total: 0n, date: day })
  }
  return bring(context, source, wanted)
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
