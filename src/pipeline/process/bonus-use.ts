/** Bonuses of panels and advertisers, used up as the money they came with is: what was deferred becomes a lower cost, night by night. */
import { bonusUsed, type Funding } from '../../domain/wallets/bonus-use.ts'
import type { Units } from '../../domain/money/money.ts'
import type { IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { accountOf, standingOf } from './account-balance.ts'
import { bring } from '../engine/want.ts'
import { evidenceOf, requireSourceNamed, type BatchContext, type ContextSource } from './context.ts'

const FUNDING: Readonly<Record<string, Funding['kind']>> = {
  'opening-wallet': 'paid',
  'top-up': 'paid',
  bonus: 'bonus',
}

export async function unwindBonuses(
  context: BatchContext,
  item: Landed,
  day: IsoDate,
): Promise<readonly TransactionDraft[]> {
  const drafts: TransactionDraft[] = []
  for (const { name, kind } of context.settings.sources) {
    if (kind === 'publisher') continue
    const source = requireSourceNamed(context, item, name)
    drafts.push(...(await usedOf(context, item, source, day)))
  }
  return drafts
}

async function usedOf(
  context: BatchContext,
  item: Landed,
  source: ContextSource,
  day: IsoDate,
): Promise<readonly TransactionDraft[]> {
  const wallet = accountOf(context, source, 'bonus', 'debit')
  if (wallet === null || !(await hasBonus(context, source))) return []
  const funding = await fundingOf(context, source)
  if (!funding.some(({ kind }) => kind === 'bonus')) return []
  const paidIn = funding.reduce((sum, { amount }) => sum + amount, 0n)
  const { now } = await standingOf(context, wallet, source.currency, { through: day })
  const total = bonusUsed(funding, paidIn - (await leftOtherwise(context, source)) - now)
  const about = { object: 'bonus', kind: 'bonus-used', date: day, rule: 'B1', evidence: evidenceOf(item) } as const
  return bring(context, source, [{ ...about, total, memo: 'in proportion to what was used' }])
}

/** Most wallets never had one, and need no look at all their top-ups. */
async function hasBonus({ db, book }: BatchContext, source: ContextSource): Promise<boolean> {
  const row = await db
    .selectFrom('txn')
    .select('seq')
    .where('book', '=', book)
    .where('source', '=', source.id)
    .where('object', '>=', 'bonus:')
    .where('object', '<', 'bonus;')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Top-ups, bonuses and the opening balance as the ledger holds them, in the order they count. */
async function fundingOf({ db, book }: BatchContext, source: ContextSource): Promise<readonly Funding[]> {
  const rows = await db
    .selectFrom('txn')
    .select(['kind', 'object'])
    .select(({ fn }) => [
      fn.sum<bigint>('amount').as('amount'),
      fn.min('effective_date').as('date'),
      fn.min('seq').as('first'),
    ])
    .where('book', '=', book)
    .where('source', '=', source.id)
    .where((where) =>
      where.or([
        where('object', '=', 'opening'),
        where.and([where('object', '>=', 'bonus:'), where('object', '<', 'bonus;')]),
        where.and([where('object', '>=', 'top-up:'), where('object', '<', 'top-up;')]),
      ]),
    )
    .where('kind', 'in', Object.keys(FUNDING))
    .groupBy(['kind', 'object'])
    .execute()
  const rank = (kind: string): number => (FUNDING[kind] === 'bonus' ? 1 : 0)
  return rows
    .toSorted((a, b) =>
      a.date === b.date ? rank(a.kind) - rank(b.kind) || Number(a.first - b.first) : a.date < b.date ? -1 : 1,
    )
    .flatMap(({ kind, amount }) => (amount > 0n ? [{ kind: FUNDING[kind] ?? 'paid', amount }] : []))
}

/** What was paid back out of the wallet bought nothing, so it uses up no bonus. */
async function leftOtherwise({ db, book }: BatchContext, source: ContextSource): Promise<Units> {
  const row = await db
    .selectFrom('txn')
    .select(({ fn }) => fn.sum<bigint | null>('amount').as('amount'))
    .where('book', '=', book)
    .where('source', '=', source.id)
    .where('object', '>=', 'wallet-refund:')
    .where('object', '<', 'wallet-refund;')
    .where('kind', '=', 'wallet-refund')
    .executeTakeFirst()
  return row?.amount ?? 0n
}
