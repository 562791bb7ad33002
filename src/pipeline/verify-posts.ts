/** Postings against matches in `ledger verify`: of every line and given-up item is posted what its active matches say. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { formatExact } from '../domain/money/money.ts'
import { activeLegs } from '../evidence/read-matches.ts'
import { sourceIds, type Book } from '../ledger/books.ts'
import type { Findings } from '../ledger/verify/finding.ts'
import { positions } from '../ledger/positions.ts'

const PAGE = 1000
const SIDES = [
  { side: 'line', table: 'statement_line' },
  { side: 'item', table: 'open_item' },
] as const

export async function verifyPosts(db: Kysely<Tables>, book: Book, findings: Findings): Promise<void> {
  const ids = await sourceIds(db, book)
  for (const { side, table } of SIDES) {
    for (let after = 0n; ;) {
      const { rows } = await sql<Ref>`
        select id, ${side === 'line' ? sql`account` : sql`source`} as source from ${sql.table(table)}
        where book = ${book.id} and id > ${after} order by id limit ${sql.lit(PAGE)}`.execute(db)
      const last = rows.at(-1)
      if (last === undefined) break
      after = last.id
      for (const [source, some] of Map.groupBy(rows, (row) => row.source)) {
        const id = typeof source === 'string' ? ids.get(source) : source
        if (id !== undefined) await compare(db, book, findings, { side, source: id, refs: some.map((row) => row.id) })
      }
    }
  }
  await verifyNoOthers(db, book, findings)
}

interface Ref {
  readonly id: bigint
  /** A number of lines, a name of items. */
  readonly source: bigint | string
}

interface Some {
  readonly side: 'line' | 'item'
  readonly source: bigint
  readonly refs: readonly bigint[]
}

async function compare(
  db: Kysely<Tables>,
  book: Book,
  findings: Findings,
  { side, source, refs }: Some,
): Promise<void> {
  const wanted = new Map<bigint, Map<string, bigint>>()
  for (const { ref, posts } of await activeLegs(db, book.id, side, refs)) {
    const kinds = wanted.get(ref) ?? new Map<string, bigint>()
    for (const [kind, amount] of posts ?? []) kinds.set(kind, (kinds.get(kind) ?? 0n) + amount)
    wanted.set(ref, kinds)
  }
  const posted = await positions(
    db,
    book.id,
    source,
    refs.map((ref) => `${side}:${ref}`),
  )
  for (const ref of refs) {
    const [says, holds] = [wanted.get(ref), posted.get(`${side}:${ref}`)]
    for (const kind of new Set([...(says?.keys() ?? []), ...(holds?.keys() ?? [])])) {
      const [due, is] = [says?.get(kind) ?? 0n, holds?.get(kind)?.cumulative ?? 0n]
      if (due === is) continue
      const sentence = `The active matches of ${side} ${ref} post ${formatExact(due)} of ${kind}, and the ledger holds ${formatExact(is)}.`
      findings.add({ code: 'MATCH_POSTS_DIFFER', book: book.name, sequence: null, sentence })
    }
  }
}

/** Postings of a line that no statement has. */
async function verifyNoOthers(db: Kysely<Tables>, book: Book, findings: Findings): Promise<void> {
  const { rows } = await sql<{ readonly seq: bigint; readonly object: string }>`
    select t.seq, t.object from txn t
    left join statement_line s on s.book = t.book and s.account = t.source and 'line:' || s.id = t.object
    where t.book = ${book.id} and t.object >= 'line:' and t.object < 'line;' and s.id is null
    order by t.seq limit ${sql.lit(PAGE)}`.execute(db)
  for (const { seq, object } of rows) {
    const sentence = `Transaction ${seq} is of ${object}, which no statement of its account has.`
    findings.add({ code: 'MATCH_POSTS_DIFFER', book: book.name, sequence: Number(seq), sentence })
  }
}
