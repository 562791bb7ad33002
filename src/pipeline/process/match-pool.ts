/**
 * What a reconciliation works on: the open lines of the book's money accounts and the open items, as the engine compares
 * them and as the ledger settles them, with the settings in force.
 */
import { sql, type Kysely, type Selectable } from 'kysely'
import type { OpenItemTable } from '../../db/open-item-tables.ts'
import type { StatementLineTable } from '../../db/statement-tables.ts'
import type { Tables } from '../../db/tables.ts'
import { readInChunks } from '../../db/chunks.ts'
import { amongFew } from '../../db/dialect.ts'
import { classifyLine, wordsOf } from '../../domain/matching/descriptor.ts'
import type { OpenItem, OpenLine } from '../../domain/matching/open-sides.ts'
import type { MatchSettings, PolicyAccount } from '../../domain/matching/policy.ts'
import { unitsOf } from '../../domain/money/money.ts'
import { takenUpOn } from '../../domain/payouts/window.ts'
import type { SettledItem, SettledLine } from '../../domain/settlement/settlement.ts'
import type { Evidence } from '../../domain/transaction.ts'
import type { MoneyAccountSettings } from '../settings.ts'
import type { BatchContext } from './context.ts'

export interface MoneyAccount extends PolicyAccount {
  readonly id: bigint
  /** The account of the chart. */
  readonly code: string
}

export interface PoolLine {
  readonly id: bigint
  readonly account: MoneyAccount
  /** The whole line; what a match takes of it may be less. */
  readonly settled: SettledLine
  readonly open: OpenLine
  readonly memo: string
  /** It moved no money. */
  readonly isUncounted: boolean
  readonly place: Evidence
}

/** A rule says that it needs an item, and of which kind. */
export function needsItem({ open, account }: PoolLine): boolean {
  return classifyLine(open, account).kind === 'of'
}

export interface PoolItem {
  readonly id: bigint
  readonly settled: SettledItem
  readonly open: OpenItem
  readonly object: string
  /** Null of one that is not in the books yet. */
  readonly place: Evidence | null
}

export interface Pool {
  readonly lines: Map<string, PoolLine>
  readonly items: Map<string, PoolItem>
}

/** Inside a batch or beside it. */
export interface MatchReader extends Pick<BatchContext, 'book' | 'settings' | 'sourceIds'> {
  readonly db: Kysely<Tables>
}

const MEMO_LENGTH = 140

export function moneyAccounts({ settings, sourceIds }: MatchReader): readonly MoneyAccount[] {
  return (settings.money?.accounts ?? []).flatMap((account: MoneyAccountSettings) => {
    const id = sourceIds.get(account.name)
    const fees = account.fees.map((fee) => ({ ...fee, flat: unitsOf(fee.flat) }))
    return id === undefined ? [] : [{ ...account, id, fees }]
  })
}

/** Null when the settings in force say nothing of money. */
export function matchSettings(context: MatchReader): MatchSettings | null {
  const { money, sources } = context.settings
  if (money === undefined) return null
  return {
    accounts: moneyAccounts(context),
    withholding: new Map(sources.map(({ name, payouts }) => [name, payouts?.withholdingBasisPoints ?? 0])),
  }
}

/** What one step of a reconciliation holds at once, however many lines a file has. */
export const LINES_AT_ONCE = 2000

/** The open lines, account by account, some at a time; those of later pages are read after what became of earlier ones. */
export async function* openLinePages(context: MatchReader): AsyncGenerator<readonly PoolLine[]> {
  const { db, book } = context
  for (const account of moneyAccounts(context)) {
    let after = 0n
    for (;;) {
      const rows = await db
        .selectFrom('statement_line')
        .selectAll()
        .where(amongFew(db, book))
        .where('account', '=', account.id)
        // Written out, or SQLite could not tell that the index of open lines answers it.
        .where('disposition', '=', sql.lit('open'))
        .where('uncounted', 'is', null)
        .where('id', '>', after)
        .orderBy('id')
        .limit(LINES_AT_ONCE)
        .execute()
      const last = rows.at(-1)
      if (last === undefined) break
      yield rows.map((row) => poolLine(row, account))
      if (rows.length < LINES_AT_ONCE) break
      after = last.id
    }
  }
}

/** What is open: all items, and the lines that are accepted. */
export async function readPool(context: MatchReader, accept: (line: PoolLine) => boolean = () => true): Promise<Pool> {
  const { db, book } = context
  const lines = new Map<string, PoolLine>()
  for await (const page of openLinePages(context))
    for (const line of page) if (accept(line)) lines.set(line.settled.id, line)
  const rows = await db
    .selectFrom('open_item')
    .selectAll()
    .where(amongFew(db, book))
    .where('status', '=', sql.lit('open'))
    .orderBy('id')
    .execute()
  const items = rows
    .filter(({ amount, matched }) => amount !== matched)
    .map((row) => [String(row.id), poolItem(row)] as const)
  return { lines, items: new Map(items) }
}

/** Lines by number, whatever has become of them; those of accounts no longer configured are left out. */
export async function linesById(context: MatchReader, ids: readonly bigint[]): Promise<readonly PoolLine[]> {
  const accounts = new Map(moneyAccounts(context).map((account) => [account.id, account]))
  const rows = await readInChunks(ids, (some) =>
    context.db
      .selectFrom('statement_line')
      .selectAll()
      .where('book', '=', context.book)
      .where('id', 'in', [...some])
      .orderBy('id')
      .execute(),
  )
  return rows.flatMap((row) => {
    const account = accounts.get(row.account)
    return account === undefined ? [] : [poolLine(row, account)]
  })
}

export async function itemsById(
  { db, book }: Pick<MatchReader, 'db' | 'book'>,
  ids: readonly bigint[],
): Promise<readonly PoolItem[]> {
  const rows = await readInChunks(ids, (some) =>
    db
      .selectFrom('open_item')
      .selectAll()
      .where('book', '=', book)
      .where('id', 'in', [...some])
      .orderBy('id')
      .execute(),
  )
  return rows.map(poolItem)
}

function poolLine(row: Selectable<StatementLineTable>, account: MoneyAccount): PoolLine {
  const id = String(row.id)
  const { amount, fee, tax, currency, date, type, counterparty, description } = row
  const isPartly = row.matched !== 0n
  const residual = amount - row.matched
  // Written by the import alone: a list of texts.
  const named = JSON.parse(row.refs) as readonly string[]
  const own = [row.external_id, row.group_id].filter((text) => text !== null && text.length >= SHORTEST_REFERENCE)
  return {
    id: row.id,
    account,
    settled: { id, amount, currency, date, fee, tax },
    open: {
      id,
      account: account.name,
      currency,
      date,
      amount: residual,
      gross: isPartly ? residual : amount + (fee ?? 0n) + (tax ?? 0n),
      isPartly,
      group: row.group_id,
      references: [...new Set([...named, ...own.flatMap((text) => text ?? [])])],
      words: wordsOf(`${description} ${counterparty}`),
      type,
      counterparty,
      description,
    },
    isUncounted: row.uncounted !== null,
    memo: [counterparty, description]
      .filter((text) => text !== '')
      .join(': ')
      .slice(0, MEMO_LENGTH)
      .toWellFormed(),
    place: { batch: Number(row.batch), item: Number(row.item) },
  }
}

/** A bank that numbers its lines 1, 2, 3 names nothing by it. */
const SHORTEST_REFERENCE = 6

function poolItem(row: Selectable<OpenItemTable>): PoolItem {
  const id = String(row.id)
  const { kind, source, account, currency, date } = row
  return {
    id: row.id,
    object: row.object,
    place: { batch: Number(row.evidence_batch), item: Number(row.evidence_item) },
    settled: { id, kind, source, amount: row.amount, currency, date: takenUpOn(kind, date) },
    open: {
      id,
      kind,
      source,
      account,
      currency,
      amount: row.amount - row.matched,
      date,
      lastDate: row.last_date,
      // Written by the open items alone: lists of texts.
      references: JSON.parse(row.refs) as readonly string[],
      words: JSON.parse(row.words) as readonly string[],
    },
  }
}
