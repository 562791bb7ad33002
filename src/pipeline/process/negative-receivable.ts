/**
 * More clawed back or paid than a network ever owed: the receivable goes to zero and the rest becomes what is owed back,
 * until it is earned again.
 */
import { owedBack } from '../../domain/payouts/owed-back.ts'
import type { Units } from '../../domain/money/money.ts'
import type { IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { positions } from '../../ledger/positions.ts'
import { accountOf, standingOf } from './account-balance.ts'
import { bring } from '../engine/want.ts'
import { evidenceOf, requireSourceNamed, type BatchContext, type ContextSource } from './context.ts'

const OBJECT = 'receivable'
const KIND = 'clawback-owed'

/** `posting`: what the same run is about to post, so that another equal run finds nothing to restate. */
export async function restateOwedBack(
  context: BatchContext,
  item: Landed,
  day: IsoDate,
  posting: readonly TransactionDraft[],
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
    const standing = async (account: string): Promise<Units> =>
      (await standingOf(context, account, source.currency, { through: day })).now +
      movedOn(account, source.currency, posting)
    const unpaid = (await standing(accrued)) - (await owedNow(context, source))
    const total = owedBack(unpaid, await standing(requested))
    const memo = 'clawed back or paid beyond what was earned'
    const about = { object: OBJECT, kind: KIND, total, date: day, rule: 'B2', memo } as const
    drafts.push(...(await bring(context, source, [{ ...about, evidence: evidenceOf(item) }])))
  }
  return drafts
}

function movedOn(account: string, currency: string, drafts: readonly TransactionDraft[]): Units {
  return drafts
    .filter((draft) => draft.currency === currency)
    .flatMap(({ postings }) => postings.filter((posting) => posting.account === account))
    .reduce((sum, { amount }) => sum + amount, 0n)
}

/** What the receivable was raised by because of it: no earnings. */
export async function owedNow({ db, book }: BatchContext, source: ContextSource): Promise<Units> {
  return (await positions(db, book, source.id, [OBJECT])).get(OBJECT)?.get(KIND)?.cumulative ?? 0n
}
