/**
 * The ledger at a crash point, cheaply and by SQL of its own: gapless and closed up to its head, every transaction in
 * balance, balances by day the sums of the postings, nothing of a journal without its lines, no night done without a run
 * (docs/serve.md). Of every book.
 */
import type BetterSqlite3 from 'better-sqlite3'
import type { Finding } from '../world/part.ts'

/** Each gives a line for what must not be. */
const NEVER: readonly (readonly [string, string])[] = [
  [
    'head',
    `select 'book ' || head.book || ' has its head at ' || head.seq || ' and ' || count(txn.seq) || ' transactions to ' || coalesce(max(txn.seq), 0) as says
     from head left join txn on txn.book = head.book and txn.seq <= head.seq
     group by head.book, head.seq having count(txn.seq) <> head.seq`,
  ],
  [
    'balance-zero',
    `select 'transaction ' || posting.seq || ' of book ' || posting.book || ' sums to ' || sum(posting.amount) as says
     from posting join head on head.book = posting.book and posting.seq <= head.seq
     group by posting.book, posting.seq having sum(posting.amount) <> 0 or count(*) < 2`,
  ],
  [
    'balance-day',
    `select 'account ' || account || ' of book ' || book || ' differs on ' || day || ' by ' || sum(amount) as says from (
       select book, account, currency, day, debit - credit as amount from balance
       union all
       select posting.book, posting.account, txn.currency, txn.effective_date, -posting.amount
       from posting join txn on txn.book = posting.book and txn.seq = posting.seq
       join head on head.book = posting.book and posting.seq <= head.seq
     ) group by book, account, currency, day having sum(amount) <> 0`,
  ],
  [
    'journal',
    `select 'journal ' || journal.document || ' says ' || line_count || ' lines and has ' || count(line.account) as says
     from journal left join journal_line as line on line.book = journal.book and line.journal = journal.id
     group by journal.book, journal.id having count(line.account) <> line_count or sum(line.rounded) <> 0 or sum(line.exact) <> 0`,
  ],
  [
    'outbox',
    `select 'outbox row ' || row.document || ' is ' || row.state || ' and its history ends with ' || coalesce(last.to_state, 'nothing') as says
     from outbox as row
     left join outbox_attempt as last on last.book = row.book and last.target = row.target and last.journal = row.journal
       and last.part = row.part and last.n = row.history
     where row.state <> coalesce(last.to_state, 'queued')`,
  ],
  [
    'night',
    `select 'the night of book ' || tick.book || ' due at ' || tick.due_at_ms || ' is said to be done, and no run of it was finished' as says
     from schedule_tick as tick
     where tick.status = 'done' and not exists (
       select 1 from run where run.book = tick.book and run.kind = 'sync' and run.status = 'finished'
         and run.finished_at_ms >= tick.due_at_ms and run.finished_at_ms <= tick.finished_at_ms + 86400000)`,
  ],
]

/** `raw`: see readBooks. */
export function brokenLedger(raw: (sql: string) => BetterSqlite3.Database): readonly Finding[] {
  return NEVER.flatMap(([name, sql]) =>
    (raw(sql).prepare(sql).all() as readonly { readonly says: string }[]).map(({ says }) => ({
      oracle: `crash-${name}`,
      says,
    })),
  )
}
