/** Checks that compare rows with each other, as one statement each: what is returned is what is wrong. */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { formatExact } from '../../domain/money/money.ts'
import type { Book } from '../books.ts'
import type { Finding, FindingCode, Findings } from './finding.ts'

interface Row {
  readonly seq: bigint | null
  readonly text: string
  readonly held: bigint | null
  readonly expected: bigint | null
}

interface SetCheck {
  readonly code: FindingCode
  readonly query: (book: bigint) => RawBuilder<Row>
  readonly sentence: (row: Row) => string
}

/** More than the collector keeps, so that it can say there are more; a damaged book must not fill the memory. */
const LIMIT = sql.lit(1_000)

const amount = (units: bigint | null): string => (units === null ? 'nothing' : formatExact(units))

const CHECKS: readonly SetCheck[] = [
  {
    code: 'ORPHAN_POSTING',
    query: (book) => sql<Row>`
      select posting.seq, '' as text, null as held, null as expected from posting
      left join txn on txn.book = posting.book and txn.seq = posting.seq
      where posting.book = ${book} and txn.seq is null
      order by posting.seq, posting.line limit ${LIMIT}`,
    sentence: (row) => `A posting belongs to transaction ${row.seq}, which does not exist.`,
  },
  {
    code: 'VERSION_BROKEN',
    query: (book) => sql<Row>`
      select t.seq, t.object || ' ' || t.kind as text, t.version as held, p.version as expected from txn t
      left join txn p on p.book = t.book and p.source = t.source and p.object = t.object and p.kind = t.kind
        and p.version = t.version - 1
      where t.book = ${book} and t.version <> 1
        and (p.seq is null or p.seq > t.seq or p.currency <> t.currency)
      order by t.seq limit ${LIMIT}`,
    sentence: (row) =>
      `Version ${row.held} of ${row.text} does not follow the version before it in sequence and currency.`,
  },
  {
    code: 'CUMULATIVE_BROKEN',
    query: (book) => sql<Row>`
      select t.seq, t.object || ' ' || t.kind as text, t.cumulative as held, coalesce(p.cumulative, 0) + t.amount as expected
      from txn t
      left join txn p on p.book = t.book and p.source = t.source and p.object = t.object and p.kind = t.kind
        and p.version = t.version - 1
      where t.book = ${book} and (t.version = 1 or p.seq is not null) and t.cumulative <> coalesce(p.cumulative, 0) + t.amount
      order by t.seq limit ${LIMIT}`,
    sentence: (row) => `${row.text} comes to ${amount(row.expected)} and is held as ${amount(row.held)}.`,
  },
  {
    code: 'BALANCE_DIFFERS',
    query: (book) => sql<Row>`
      select null as seq, account.key || ' ' || sides.currency || ' ' || sides.day as text,
        sum(sides.held) as held, sum(sides.posted) as expected
      from (
        select account, currency, day, debit - credit as held, 0 as posted, debit as debit_held, 0 as debit_posted
        from balance where book = ${book}
        union all
        select posting.account, txn.currency, txn.effective_date, 0, sum(posting.amount), 0,
          sum(case when posting.amount > 0 then posting.amount else 0 end)
        from posting
        join txn on txn.book = posting.book and txn.seq = posting.seq
        join head on head.book = txn.book and txn.seq <= head.seq
        where posting.book = ${book}
        group by posting.account, txn.currency, txn.effective_date
      ) as sides
      left join account on account.book = ${book} and account.id = sides.account
      group by sides.account, account.key, sides.currency, sides.day
      having sum(sides.held) <> sum(sides.posted) or sum(sides.debit_held) <> sum(sides.debit_posted)
      order by sides.day, account.key limit ${LIMIT}`,
    sentence: (row) =>
      row.held === row.expected
        ? `The debits and credits kept for ${row.text} are not those of its postings.`
        : `The balance kept for ${row.text} is ${amount(row.held)}; its postings come to ${amount(row.expected)}.`,
  },
]

export async function verifySets(db: Kysely<Tables>, book: Book, findings: Findings): Promise<void> {
  for (const check of CHECKS) {
    const { rows } = await check.query(book.id).execute(db)
    for (const row of rows) findings.add(toFinding(check, book, row))
  }
}

function toFinding(check: SetCheck, book: Book, row: Row): Finding {
  const sequence = row.seq === null ? null : Number(row.seq)
  return { code: check.code, book: book.name, sequence, sentence: check.sentence(row) }
}
