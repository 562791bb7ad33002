/** Reads what the alert rules look at, for one book: a handful of small queries, whatever the size of the ledger. */
import { sql, type Kysely } from 'kysely'
import type { BookConfig } from '../config/model.ts'
import type { Tables } from '../db/tables.ts'
import type { BookFacts, ExceptionFacts } from '../domain/alerts/alert.ts'
import type { PostingRules } from '../domain/posting-rules.ts'
import type { Book } from '../ledger/books.ts'
import { lastOpening } from '../reconcile/exceptions.ts'
import { readBacklog } from './backlog-facts.ts'
import { readConnectionFacts } from './connection-facts.ts'
import { readRunFacts } from './run-facts.ts'
import { readSourceFacts } from './source-facts.ts'

export interface FactsRequest {
  readonly config: BookConfig
  readonly rules: PostingRules
  readonly nowMs: number
  /** When the newest night was due whose grace is over; null when nobody asks. */
  readonly dueMs: number | null
}

export async function readBookFacts(db: Kysely<Tables>, book: Book, request: FactsRequest): Promise<BookFacts> {
  const { config, rules, nowMs, dueMs } = request
  return {
    book: book.name,
    nowMs,
    runs: await readRunFacts(db, book.id, { nowMs, dueMs }),
    sources: await readSourceFacts(db, book, config, rules, nowMs),
    exceptions: await openExceptions(db, book.id),
    backlog: await readBacklog(db, book.id),
    connections: await readConnectionFacts(db, book.id, config.targets),
  }
}

async function openExceptions(db: Kysely<Tables>, book: bigint): Promise<readonly ExceptionFacts[]> {
  const rows = await db
    .selectFrom((query) =>
      query
        .selectFrom('exception')
        .select(['source', 'code', 'currency', 'amount'])
        .select(lastOpening)
        .where('book', '=', book)
        .where('status', '=', 'open')
        .as('open'),
    )
    .select(['source', 'code', 'currency'])
    .select(({ fn }) => [fn.countAll<bigint>().as('count'), fn.min<bigint>('opened_ms').as('oldest')])
    .select(sql<bigint | null>`max(abs(amount))`.as('largest'))
    .groupBy(['source', 'code', 'currency'])
    .execute()
  return rows.map(({ count, oldest, ...rest }) => ({ ...rest, count: Number(count), oldestMs: Number(oldest) }))
}
