/**
 * Matches in `ledger verify`: lines and items hold what their active matches say, every match and decision rests on the
 * landed bytes that made it, and pairs that people separated still are. Each check is one statement over the whole book.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Book } from '../ledger/books.ts'
import type { FindingCode, Findings } from '../ledger/verify/finding.ts'
import { verifyDecisions } from './verify-decisions.ts'
import { verifyItems } from './verify-items.ts'
import { verifyPosts } from './verify-posts.ts'

/** More of one kind than this says nothing new. */
const LIMIT = sql.lit(1000)

export async function verifyMatches(db: Kysely<Tables>, book: Book, findings: Findings): Promise<void> {
  for (const { code, rows, sentence } of CHECKS) {
    const { rows: found } = await sql<Row>`${rows(book.id)} limit ${LIMIT}`.execute(db)
    for (const row of found) findings.add({ code, book: book.name, sequence: null, sentence: sentence(row) })
  }
  await verifyDecisions(db, book, findings)
  await verifyPosts(db, book, findings)
  await verifyItems(db, book, findings)
}

interface Row {
  readonly id: bigint
  readonly words: string
}

interface Check {
  readonly code: FindingCode
  /** Selects what is wrong, by number. */
  readonly rows: (book: bigint) => RawBuilder<unknown>
  readonly sentence: (row: Row) => string
}

/** What the active matches hold of each line or item. */
function held(book: bigint, side: 'line' | 'item'): RawBuilder<unknown> {
  return sql`select l.ref, sum(l.amount) as amount, sum(case when g.step = 'ignored' then 1 else 0 end) as ignored,
      sum(case when g.step = 'ignored' then 0 else 1 end) as others
    from match_leg l join match_group g on g.book = l.book and g.id = l.match and g.status = 'active'
    where l.book = ${book} and l.side = ${sql.lit(side)} group by l.ref`
}

/** P2: a decision that the rest is a fee made another match of the same item in the place of `g`. */
const isReplacement = sql`(d.decide = 'fee' and d.match <> g.id and exists (select 1 from match_leg a
  join match_leg b on b.book = a.book and b.match = d.match and b.side = 'item' and b.ref = a.ref
  where a.book = g.book and a.match = g.id and a.side = 'item'))`

const CHECKS: readonly Check[] = [
  {
    code: 'MATCHED_DIFFERS',
    rows: (book) => sql`select s.id, '' as words from statement_line s
      left join (${held(book, 'line')}) h on h.ref = s.id
      where s.book = ${book} and s.matched <> coalesce(h.amount, 0) order by s.id`,
    sentence: ({ id }) => `What is matched of line ${id} is not the sum of its active matches.`,
  },
  {
    code: 'MATCHED_DIFFERS',
    rows: (book) => sql`select i.id, '' as words from open_item i
      left join (${held(book, 'item')}) h on h.ref = i.id
      where i.book = ${book} and i.matched <> coalesce(h.amount, 0) order by i.id`,
    sentence: ({ id }) => `What is matched of item ${id} is not the sum of its active matches.`,
  },
  {
    code: 'DISPOSITION_DIFFERS',
    rows: (book) => sql`select s.id, s.disposition as words from statement_line s
      left join (${held(book, 'line')}) h on h.ref = s.id
      where s.book = ${book} and ((s.disposition <> 'open') <> (s.uncounted is null and coalesce(h.amount, 0) = s.amount)
        or (s.disposition = 'ignored' and coalesce(h.ignored, 0) = 0)
        or (s.disposition = 'matched' and coalesce(h.others, 0) = 0)) order by s.id`,
    sentence: ({ id, words }) => `Line ${id} is called ${words}, which its active matches do not make it.`,
  },
  {
    code: 'DISPOSITION_DIFFERS',
    rows: (book) => sql`select i.id, i.status as words from open_item i
      left join (${held(book, 'item')}) h on h.ref = i.id
      where i.book = ${book} and i.status <> case when i.amount = 0 then 'withdrawn'
        when coalesce(h.amount, 0) = i.amount then 'settled' else 'open' end order by i.id`,
    sentence: ({ id, words }) =>
      `Item ${id} is called ${words}, which its amount and its active matches do not make it.`,
  },
  {
    code: 'MATCH_UNFOUNDED',
    rows: (book) => sql`select g.id, g.origin as words from match_group g
      left join log_record l on l.book = g.book and l.batch = g.batch and l.item = g.item
      left join match_decision d on d.book = g.book and d.batch = g.batch and d.item = g.item and d.match = g.id
      where g.book = ${book} and (case when g.origin = 'human'
        then coalesce(l.kind, '') <> 'match-decision' or d.batch is null or d.decided_by <> g.decided_by
        else coalesce(l.kind, '') <> 'reconcile' end) order by g.id`,
    sentence: ({ id, words }) =>
      `Match ${id} rests on no landed ${words === 'human' ? 'decision of its person' : 'reconciliation'}.`,
  },
  {
    code: 'MATCH_UNFOUNDED',
    rows: (book) => sql`select g.id, '' as words from match_group g
      left join log_record l on l.book = g.book and l.batch = g.undone_batch and l.item = g.undone_item
      left join match_decision d on d.book = g.book and d.batch = g.undone_batch and d.item = g.undone_item
        and (d.match = g.id or ${isReplacement})
      left join statement_undo u on u.book = g.book and u.undone_batch = g.undone_batch and u.undone_item = g.undone_item
      where g.book = ${book} and g.status = 'undone' and (case when u.batch is not null then u.undone_by <> g.undone_by
        when g.undone_by is not null
        then coalesce(l.kind, '') <> 'match-decision' or d.batch is null or d.decided_by <> g.undone_by
        else coalesce(l.kind, '') <> 'reconcile' end) order by g.id`,
    sentence: ({ id }) => `That match ${id} is undone rests on nothing landed.`,
  },
  {
    code: 'REFUSAL_MISSING',
    rows: (book) => sql`select distinct g.id, '' as words from match_group g
      join match_leg l on l.book = g.book and l.match = g.id and l.side = 'line'
      left join match_leg i on i.book = g.book and i.match = g.id and i.side = 'item'
      where g.book = ${book} and g.status = 'undone' and g.undone_by is not null
        and (i.ref is not null or g.origin = 'automatic')
        -- The match that took its place joins the same ones.
        and not exists (select 1 from match_decision d
          where d.book = g.book and d.batch = g.undone_batch and d.item = g.undone_item and ${isReplacement})
        -- With a statement file its lines went, and nothing is left to keep apart.
        and not exists (select 1 from statement_undo u
          where u.book = g.book and u.undone_batch = g.undone_batch and u.undone_item = g.undone_item)
        and not exists (select 1 from match_refusal r
          where r.book = g.book and r.line = l.ref and r.open_item = coalesce(i.ref, 0))
        and not exists (select 1 from match_leg ll join match_leg li on li.book = ll.book and li.match = ll.match
            and li.side = 'item' join match_group h on h.book = ll.book and h.id = ll.match
          where ll.book = g.book and ll.side = 'line' and ll.ref = l.ref and li.ref = i.ref
            and h.status = 'active' and h.origin = 'human') order by g.id`,
    sentence: ({ id }) => `A person took match ${id} back, and nothing keeps its lines and items apart.`,
  },
]
