/**
 * Settlements that only a processor's rows tell of: the money has left the account, so it is booked as leaving and expected
 * at the bank by its UTR. A list of settlements says the same of each by a line, and takes its place without doubling it.
 */
import type { Units } from '../../domain/money/money.ts'
import type { Evidence, IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { findItem, findItems } from '../../evidence/open-items.ts'
import { settlementsOfRows, type RowsSettlement } from '../../evidence/statements/settlements.ts'
import { draftsOf, moneyWant } from '../engine/want.ts'
import type { BatchContext } from './context.ts'
import { expectArrival } from './expect-arrival.ts'
import { expectNoMore } from './rows-taken-back.ts'
import { SETTLEMENT_PREFIX, settlementObject } from './settlement-object.ts'
import { moneyAccounts, type MoneyAccount } from './match-pool.ts'

const KIND = 'transfer-out'

export async function bookSettlementsOfRows(context: BatchContext, item: Landed): Promise<readonly TransactionDraft[]> {
  const drafts: TransactionDraft[] = []
  for (const account of moneyAccounts(context).filter(({ type }) => type === 'razorpay')) {
    const found = await settlementsOfRows(context.db, context.book, account.id)
    const told = new Map(found.flatMap((each) => (each.amount > 0n ? [[settlementObject(each), each] as const] : [])))
    for (const [object, each] of told) await expectIt(context, item, { account, object, told: each })
    drafts.push(...(await takeBack(context, item, account, new Set(told.keys()))))
    for (const [object, { currency, amount: total, date, rows, place }] of told) {
      const memo = `${rows} rows of one settlement`
      drafts.push(...(await leave(context, account, { object, currency, total, date, memo, place })))
    }
  }
  return drafts
}

/** What rows tell of no more: its posting, and what is expected of it. */
async function takeBack(
  context: BatchContext,
  item: Landed,
  account: MoneyAccount,
  told: ReadonlySet<string>,
): Promise<readonly TransactionDraft[]> {
  const gone = (await bookedOf(context, account)).filter(({ object }) => !told.has(object))
  const objects = gone.map(({ object }) => object)
  const known = new Map(
    (await findItems(context.db, context.book, account.name, objects)).map((each) => [each.object, each]),
  )
  const drafts: TransactionDraft[] = []
  for (const booked of gone) {
    const reversed = await leave(context, account, { ...booked, total: 0n })
    drafts.push(...reversed)
    const held = known.get(booked.object)
    if (held !== undefined && (held.status === 'open' || reversed.length > 0))
      await expectNoMore(context, item, held, booked)
  }
  return drafts
}

interface Told {
  readonly account: MoneyAccount
  readonly object: string
  readonly told: RowsSettlement
}

async function expectIt(context: BatchContext, item: Landed, { account, object, told }: Told): Promise<void> {
  const known = await findItem(context.db, context.book, account.name, object)
  if (known?.amount === told.amount) return
  await expectArrival(context, item, 'settlement', {
    object,
    amount: -told.amount,
    currency: told.currency,
    date: told.date,
    account: account.name,
    to: null,
    references: told.utr === null ? [told.id] : [told.utr, told.id],
    evidence: told.place,
  })
}

interface Leaving {
  readonly object: string
  readonly currency: string
  /** Positive; zero takes it back. */
  readonly total: Units
  readonly date: IsoDate
  readonly memo: string
  readonly place: Evidence
}

/** What is booked as leaving by rows, as it was booked last. */
async function bookedOf({ db, book }: BatchContext, account: MoneyAccount): Promise<readonly Omit<Leaving, 'total'>[]> {
  const rows = await db
    .selectFrom('txn')
    .select(['object', 'currency', 'effective_date', 'evidence_batch', 'evidence_item'])
    .where('book', '=', book)
    .where('source', '=', account.id)
    .where('object', '>=', SETTLEMENT_PREFIX)
    .where('object', '<', `${SETTLEMENT_PREFIX}\u{7f}`)
    .where('kind', '=', KIND)
    .orderBy('object')
    .orderBy('version')
    .execute()
  const last = new Map(rows.map((row) => [row.object, row]))
  return [...last.values()].map((row) => ({
    object: row.object,
    currency: row.currency,
    date: row.effective_date,
    memo: 'a list shows the settlement itself',
    place: { batch: Number(row.evidence_batch), item: Number(row.evidence_item) },
  }))
}

async function leave(
  context: BatchContext,
  { id, name, code }: MoneyAccount,
  { object, currency, total, date, memo, place }: Leaving,
): Promise<readonly TransactionDraft[]> {
  const wanted = { object, kind: KIND, total, date, rule: 'S5', memo, evidence: place } as const
  const entry = { kind: KIND, account: `${code}:${name}`, source: '', sign: 1n } as const
  return draftsOf(context, [moneyWant(context, { source: { id, name }, currency }, wanted, entry)])
}
