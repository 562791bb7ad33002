/** The proof of cash of every money account and currency: statement lines and balances against what the ledger holds. */
import { sql } from 'kysely'
import { proveCash, type CashAccount, type CashMonth, type CashMovement } from '../../domain/proofs/cash.ts'
import type { Units } from '../../domain/money/money.ts'
import { readAnchors } from './anchors.ts'
import type { ProofScope, ProvenAccount } from './scope.ts'

/** One money account in one currency. */
export interface ProvenCash {
  readonly account: ProvenAccount
  readonly currency: string
}

export interface CashProof extends ProvenCash {
  /** Oldest first. */
  readonly months: readonly CashMonth[]
}

/** One month, or every month there is. */
export async function proveCashOf(scope: ProofScope, month?: string): Promise<readonly CashProof[]> {
  const proofs: CashProof[] = []
  for (const account of scope.accounts) {
    for (const currency of await currenciesOf(scope, account)) {
      const all = proveCash(await readCash(scope, account, currency))
      const months = month === undefined ? all : all.filter((each) => each.month === month)
      if (months.length > 0) proofs.push({ account, currency, months })
    }
  }
  return proofs
}

export async function currenciesOf({ db, book }: ProofScope, { id, key }: ProvenAccount): Promise<readonly string[]> {
  const stated = await db
    .selectFrom('statement_section')
    .select('currency')
    .distinct()
    .where('book', '=', book)
    .where('account', '=', id)
    .execute()
  const held = await db
    .selectFrom('balance as b')
    .innerJoin('account as a', (join) => join.onRef('a.book', '=', 'b.book').onRef('a.id', '=', 'b.account'))
    .select('b.currency')
    .distinct()
    .where('b.book', '=', book)
    .where('a.key', '=', key)
    .execute()
  return [...new Set([...stated, ...held].map(({ currency }) => currency))].sort()
}

async function readCash(scope: ProofScope, account: ProvenAccount, currency: string): Promise<CashAccount> {
  const { db, book } = scope
  const rows = await db
    .selectFrom('statement_line')
    .select(['id', 'date', 'amount'])
    .where('book', '=', book)
    .where('account', '=', account.id)
    .where('currency', '=', currency)
    .where('uncounted', 'is', null)
    .orderBy('date')
    .orderBy('id')
    .execute()
  const lines = rows.map(({ id, date, amount }) => ({ object: `line:${id}`, date, amount }))
  const entries = await readEntries(scope, account, currency)
  const isOpening = ({ object }: CashMovement): boolean => object === 'opening' || object === `opening:${currency}`
  return {
    lines,
    entries: entries.filter((entry) => !isOpening(entry)),
    openingBooked: await openingBooked(scope, account, currency),
    anchors: await readAnchors(scope, account, currency, { held: heldOf(lines), from: '' }),
  }
}

/** What the account held before its first line, by the books. */
export async function openingBooked(
  { db, book }: ProofScope,
  { id, key }: ProvenAccount,
  currency: string,
): Promise<Units> {
  const row = await db
    .selectFrom('txn as t')
    .innerJoin('posting as p', (join) => join.onRef('p.book', '=', 't.book').onRef('p.seq', '=', 't.seq'))
    .innerJoin('account as a', (join) => join.onRef('a.book', '=', 'p.book').onRef('a.id', '=', 'p.account'))
    .select(sql<bigint>`cast(coalesce(sum(p.amount), 0) as bigint)`.as('amount'))
    .where('t.book', '=', book)
    .where('t.source', '=', id)
    .where('t.object', 'in', ['opening', `opening:${currency}`])
    .where('t.currency', '=', currency)
    .where('a.key', '=', key)
    .executeTakeFirst()
  return row?.amount ?? 0n
}

function heldOf(lines: readonly { readonly date: string }[]): ReadonlyMap<string, number> {
  const held = new Map<string, number>()
  for (const { date } of lines) held.set(date, (held.get(date) ?? 0) + 1)
  return held
}

/**
 * What each object has moved the account by. Lines post under the account's own source, which an index finds; should the
 * daily balances hold more than that, every posting is looked at.
 */
async function readEntries(
  scope: ProofScope,
  account: ProvenAccount,
  currency: string,
): Promise<readonly CashMovement[]> {
  const own = await entriesOf(scope, account, currency, account.id)
  const row = await scope.db
    .selectFrom('balance as b')
    .innerJoin('account as a', (join) => join.onRef('a.book', '=', 'b.book').onRef('a.id', '=', 'b.account'))
    .select(sql<bigint>`cast(coalesce(sum(b.debit - b.credit), 0) as bigint)`.as('balance'))
    .where('b.book', '=', scope.book)
    .where('a.key', '=', account.key)
    .where('b.currency', '=', currency)
    .executeTakeFirst()
  return (row?.balance ?? 0n) === sumOf(own) ? own : entriesOf(scope, account, currency, null)
}

async function entriesOf(
  { db, book }: ProofScope,
  { key, id }: ProvenAccount,
  currency: string,
  source: bigint | null,
): Promise<readonly CashMovement[]> {
  let query = db
    .selectFrom('txn as t')
    .innerJoin('posting as p', (join) => join.onRef('p.book', '=', 't.book').onRef('p.seq', '=', 't.seq'))
    .innerJoin('account as a', (join) => join.onRef('a.book', '=', 'p.book').onRef('a.id', '=', 'p.account'))
    .innerJoin('source as s', (join) => join.onRef('s.book', '=', 't.book').onRef('s.id', '=', 't.source'))
    .select(['t.object', 't.effective_date as date', 't.source', 's.name'])
    .select(sql<bigint>`cast(sum(p.amount) as bigint)`.as('amount'))
    .where('t.book', '=', book)
    .where('t.currency', '=', currency)
    .where('a.key', '=', key)
  if (source !== null) query = query.where('t.source', '=', source)
  const rows = await query
    .groupBy(['t.source', 's.name', 't.object', 't.effective_date'])
    .orderBy('t.effective_date')
    .orderBy('t.source')
    .orderBy('t.object')
    .execute()
  return rows
    .filter(({ amount }) => amount !== 0n)
    .map(({ object, date, amount, source: by, name }) => ({
      object: by === id ? object : `${name}:${object}`,
      date,
      amount,
    }))
}

function sumOf(entries: readonly CashMovement[]): Units {
  return entries.reduce((sum, { amount }) => sum + amount, 0n)
}
