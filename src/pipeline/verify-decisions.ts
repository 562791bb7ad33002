/** Decisions about matches in `ledger verify`: each is kept as its landed bytes say it. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { readBatch } from '../log/landing.ts'
import type { Book } from '../ledger/books.ts'
import type { Findings } from '../ledger/verify/finding.ts'
import { matchDecisionSchema, type MatchDecision } from './process/match-request.ts'

/** Each landed decision is kept word for word, or was set aside; nothing is kept that nobody landed. */
export async function verifyDecisions(db: Kysely<Tables>, book: Book, findings: Findings): Promise<void> {
  const add = (sentence: string): void =>
    findings.add({ code: 'DECISION_DIFFERS', book: book.name, sequence: null, sentence })
  const { rows } = await sql<KeptDecision>`
    select coalesce(l.batch, d.batch) as batch, coalesce(l.item, d.item) as item, l.batch as landed, d.request,
      d.decided_by as by, d.decide
    from (select batch, item from log_record where book = ${book.id} and kind = 'match-decision'
      and batch <= coalesce((select batch from processed where book = ${book.id}), 0)) l
    full join (select * from match_decision where book = ${book.id}) d on d.batch = l.batch and d.item = l.item
    where d.batch is not null or not exists (select 1 from quarantine q
      where q.book = ${book.id} and q.batch = l.batch and q.item = l.item)
    order by 1, 2`.execute(db)
  for (const { batch, item, landed, request, by, decide } of rows) {
    const place = `landing ${batch}.${item}`
    if (landed === null) add(`A decision is kept of ${place}, where none was landed.`)
    else if (request === null) add(`The decision of ${place} is not kept.`)
    else {
      const bytes = (await readBatch(db, book.id, Number(batch))).find((each) => BigInt(each.item) === item)?.body
      const said = matchDecisionSchema.safeParse(JSON.parse(bytes?.toString('utf8') ?? 'null'))
      if (
        !said.success ||
        !isSame(said.data, JSON.parse(request)) ||
        said.data.by !== by ||
        said.data.decide !== decide
      )
        add(`The decision kept of ${place} is not what was landed.`)
    }
  }
}

interface KeptDecision {
  readonly batch: bigint
  readonly item: bigint
  readonly landed: bigint | null
  readonly request: string | null
  readonly by: string | null
  readonly decide: string | null
}

/** Whatever the order of the keys. */
function isSame(said: MatchDecision, kept: unknown): boolean {
  const parsed = matchDecisionSchema.safeParse(kept)
  return parsed.success && JSON.stringify(said) === JSON.stringify(parsed.data)
}
