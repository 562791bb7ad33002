/**
 * What a run has reached: faults by boundary, exception codes, posting rules, states of the outbox, decisions of people.
 * Read with SQL from the books a run leaves, so that it costs nothing while it runs.
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
    'select resolution as name, count(*) as count from exception_event where resolution is not null group by resolution',
  ],
  ['rule', 'select rule as name, count(*) as count from txn group by rule'],
  ['counter', "select status || coalesce(' ' || rule, '') as name, count(*) as count from counter_verdict group by 1"],
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
