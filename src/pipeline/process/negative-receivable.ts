/** A clawback larger than everything a network owes: the receivable goes to zero and the rest becomes what is owed back, until it is earned again. */
import { owedBack } from '../../domain/payouts/owed-back.ts'
import type { Units } from '../../domain/money/money.ts'
import type { IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { positions } from '../../ledger/positions.ts'
import { accountOf, standingOf } from './account-balance.ts'
import { requireSourceNamed, type BatchContext, type ContextSource } from './context.ts'
import { cumulativeDraft } from './cumulative-draft.ts'

const OBJECT = 'receivable'
const KIND = 'clawback-owed'

export async function restateOwedBack(
  context: BatchContext,
  item: Landed,
  day: IsoDate,
): Promise<readonly TransactionDraft[]> {
  const drafts: TransactionDraft[] = []
  for (const { name, kind } of context.settings.sources) {
    if (kind !== 'publisher') continue
    const source = requireSourceNamed(context, item, name)
    const [accrued, requested] = [
      accountOf(context, source, 'payout', 'credit'),
      accountOf(context, source, 'payout', 'debit'),
    ]
    if (accrued === null || requested === null) continue
    const through = { through: day }
    const unpaid = (await standingOf(context, accrued, source.currency, through)).now
    const onItsWay = (await standingOf(context, requested, source.currency, through)).now
    const total = owedBack(unpaid - (await owedNow(context, source)), onItsWay)
    const about = { object: OBJECT, kind: KIND, total, date: day, rule: 'receivable/never-negative' }
    const draft = await cumulativeDraft(context, source, item, {
      ...about,
      memo: 'clawed back beyond all that is owed',
    })
    if (draft !== null) drafts.push(draft)
  }
  return drafts
}

/** What the receivable was raised by because of it: no earnings. */
export async function owedNow({ db, book }: BatchContext, source: ContextSource): Promise<Units> {
  return (await positions(db, book, source.id, [OBJECT])).get(OBJECT)?.get(KIND)?.cumulative ?? 0n
}
