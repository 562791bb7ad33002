/**
 * What a run has reached: faults by boundary, exception codes and how they were ended, rows of the program's decision
 * tables, moves of the outbox. Read with SQL from the books a run leaves, so that it costs nothing while it runs.
 */
import type { Books } from './oracles/books.ts'

/** Counts by name, each name beginning with its kind: "fault panel lost-after", "exception REFUND_MISSING". */
export type Coverage = Map<string, number>

/** Kind and the statement that lists what a book reached of it, one name a row. */
const REACHED: readonly (readonly [string, string])[] = [
  ['exception', 'select code as name, count(*) as count from exception group by code'],
  ['event', 'select event as name, count(*) as count from exception_event group by event'],
  [
    'resolution',
    `select exception.code || ' ' || event.resolution as name, count(*) as count
     from exception_event as event join exception on exception.book = event.book and exception.number = event.exception
     where event.resolution is not null group by 1`,
  ],
  ['rule', 'select rule as name, count(*) as count from txn group by rule'],
  [
    'posting',
    `select source.kind || ' ' || txn.kind as name, count(*) as count from txn
     join source on source.book = txn.book and source.id = txn.source group by 1`,
  ],
  // What a reading was held for goes on with it; only of one that still is held it is another row of the table.
  [
    'reading',
    `select status || case when status = 'held' then coalesce(' ' || code, '') else '' end as name, count(*) as count
     from counter_verdict group by 1`,
  ],
  ['counter-rule', 'select rule as name, count(*) as count from counter_verdict where rule is not null group by 1'],
  ['counter-role', 'select role as name, count(*) as count from counter_verdict where role is not null group by 1'],
  ['said', 'select decided_as as name, count(*) as count from counter_decision group by 1'],
  ['semantics', "select refund_case || ' ' || verdict as name, count(*) as count from charge_semantics group by 1"],
  ['rounding', 'select mode as name, count(*) as count from refund_rounding group by 1'],
  ['refund-rule', 'select status as name, count(*) as count from refund_rule group by 1'],
  [
    'order',
    "select coalesce(status, 'never-known') || ' ' || coalesce(pending, 'settled') as name, count(*) as count from order_state group by 1",
  ],
  ['match', "select step || ' ' || status as name, count(*) as count from match_group group by 1"],
  ['item', "select kind || ' ' || status as name, count(*) as count from open_item group by 1"],
  ['line', 'select disposition as name, count(*) as count from statement_line group by 1'],
  ['footing', 'select footing as name, count(*) as count from statement_section group by 1'],
  ['quarantine', "select coalesce(ended, 'waits') as name, count(*) as count from quarantine group by 1"],
  ['outbox', "select from_state || '>' || to_state as name, count(*) as count from outbox_attempt group by 1"],
  ['run', "select kind || ' ' || status as name, count(*) as count from run group by 1"],
  ['tick', 'select status as name, count(*) as count from schedule_tick group by status'],
]

export function addReached(coverage: Coverage, books: Books): void {
  for (const [kind, sql] of REACHED) {
    for (const { name, count } of books.rows(sql)) add(coverage, `${kind} ${String(name)}`, Number(count))
  }
}

export function add(coverage: Coverage, name: string, count: number): void {
  coverage.set(name, (coverage.get(name) ?? 0) + count)
}

export function merge(into: Coverage, from: Iterable<readonly [string, number]>): void {
  for (const [name, count] of from) add(into, name, count)
}
