/**
 * The lines of an account in accounting order, with a running balance. Days come from the daily balances and lines from
 * the index on the day, page by page, so a register of any length needs little memory and starts at once.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { AccountKey, IsoDate } from '../domain/transaction.ts'
import { accountIds, type Book } from './books.ts'

export interface RegisterLine {
  readonly sequence: number
  readonly date: IsoDate
  readonly recordedAtMs: number
  readonly account: AccountKey
  readonly source: string
  readonly object: string
  readonly kind: string
  readonly version: number
  readonly rule: string
  readonly memo: string
  readonly currency: string
  readonly amount: Units
  /** After this line, over all accounts asked for, in this currency. */
  readonly balance: Units
}

export interface RegisterRange {
  readonly from?: IsoDate
  readonly to?: IsoDate
}

const PAGE = 1_000
const FIRST_DAY = '0000-01-01'
const LAST_DAY = '9999-12-31'

/** `account` is a key ("1310:netpanel") or a code ("1310"), which means the account itself and all its wallets. */
export async function* register(
  db: Kysely<Tables>,
  book: Book,
  account: string,
  { from = FIRST_DAY, to = LAST_DAY }: RegisterRange = {},
): AsyncGenerator<RegisterLine> {
  const names = new Map<bigint, AccountKey>()
  for (const [key, id] of await accountIds(db, book)) {
    if (key === account || key.startsWith(`${account}:`)) names.set(id, key)
  }
  if (names.size === 0) return
  const ids = [...names.keys()]
  const running = await balancesBefore(db, book, ids, from)
  for (const day of await daysOf(db, book, ids, from, to)) {
    for await (const line of linesOf(db, book, ids, day)) {
      const balance = (running.get(line.currency) ?? 0n) + line.amount
      running.set(line.currency, balance)
      const { seq, account: id, version, effective_date: date, recorded_at_ms: recordedAtMs, ...rest } = line
      yield {
        ...rest,
        sequence: Number(seq),
        date,
        recordedAtMs: Number(recordedAtMs),
        account: names.get(id) ?? '',
        version: Number(version),
        balance,
      }
    }
  }
}

async function balancesBefore(
  db: Kysely<Tables>,
  book: Book,
  ids: readonly bigint[],
  day: IsoDate,
): Promise<Map<string, Units>> {
  const rows = await db
    .selectFrom('balance')
    .select(({ fn }) => ['currency', fn.sum<bigint>('debit').as('debit'), fn.sum<bigint>('credit').as('credit')])
    .where('book', '=', book.id)
    .where('account', 'in', ids)
    .where('day', '<', day)
    .groupBy('currency')
    .execute()
  return new Map(rows.map((row) => [row.currency, row.debit - row.credit]))
}

async function daysOf(
  db: Kysely<Tables>,
  book: Book,
  ids: readonly bigint[],
  from: IsoDate,
  to: IsoDate,
): Promise<readonly IsoDate[]> {
  const rows = await db
    .selectFrom('balance')
    .select('day')
    .distinct()
    .where('book', '=', book.id)
    .where('account', 'in', ids)
    .where('day', '>=', from)
    .where('day', '<=', to)
    .orderBy('day')
    .execute()
  return rows.map((row) => row.day)
}

async function* linesOf(db: Kysely<Tables>, book: Book, ids: readonly bigint[], day: IsoDate) {
  let after = 0n
  for (;;) {
    // A page is a number of transactions, so that the lines of one are never split.
    const page = await db
      .selectFrom('txn')
      .select('seq')
      .where('book', '=', book.id)
      .where('effective_date', '=', day)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(PAGE)
      .execute()
    const last = page[page.length - 1]?.seq
    if (last === undefined) return
    const lines = await pageLines(db, book, ids, day, { after, last })
    for (const line of lines) yield line
    after = last
  }
}

async function pageLines(
  db: Kysely<Tables>,
  book: Book,
  ids: readonly bigint[],
  day: IsoDate,
  { after, last }: { readonly after: bigint; readonly last: bigint },
) {
  return db
    .selectFrom('txn')
    .innerJoin('posting', (join) => join.onRef('posting.book', '=', 'txn.book').onRef('posting.seq', '=', 'txn.seq'))
    .innerJoin('source', (join) => join.onRef('source.book', '=', 'txn.book').onRef('source.id', '=', 'txn.source'))
    .select(['txn.seq', 'txn.effective_date', 'txn.recorded_at_ms', 'source.name as source', 'txn.object', 'txn.kind'])
    .select(['txn.version', 'txn.rule', 'txn.memo', 'txn.currency', 'posting.account', 'posting.amount'])
    .where('txn.book', '=', book.id)
    .where('txn.effective_date', '=', day)
    .where('txn.seq', '>', after)
    .where('txn.seq', '<=', last)
    .where('posting.account', 'in', ids)
    .orderBy('txn.seq')
    .orderBy('posting.line')
    .execute()
}
