/**
 * What people decided about exceptions and lines, and which nights are said to be done, by SQL of its own: where two are wanted
 * (docs/exceptions.md, docs/matching.md), whoever resolved or left out more than the limit had another one beside; nothing that
 * was closed is resolved once more before it is open again.
 */
import type { Finding } from '../world/part.ts'
import type { Books } from './books.ts'

/** `exceptions.reviewAbove`, where the configuration does not say otherwise. */
const LIMIT = 2_500_000_000n

/** What each decision booked at most, and by whom the exception had been given to somebody before. */
const ALONE = `
  select exception.code, exception.object, event.by_person as person, max(abs(txn.amount)) as booked
  from exception_event as event
  join exception on exception.book = event.book and exception.number = event.exception
  join txn on txn.book = event.book and txn.evidence_batch = event.evidence_batch and txn.evidence_item = event.evidence_item
  where event.book = (select id from book where name = ?) and event.event = 'resolved' and not exists (
    select 1 from exception_event as given where given.book = event.book and given.exception = event.exception
      and given.event = 'assigned' and given.n < event.n and lower(given.by_person) <> lower(event.by_person))
  group by event.exception, event.n`

/** Lines that a person left out, of which nobody else had said so before. */
const LEFT_OUT = `
  select abs(sum(leg.amount)) as amount, word.decided_by as person, json_extract(word.request, '$.line') as line
  from match_decision as word
  join match_group as made on made.book = word.book and made.id = word.match
  join match_leg as leg on leg.book = made.book and leg.match = made.id
  where word.book = (select id from book where name = ?) and word.decide = 'ignore' and made.origin = 'human' and not exists (
    select 1 from match_decision as other where other.book = word.book and other.decide = word.decide
      and (other.batch, other.item) < (word.batch, word.item) and lower(other.decided_by) <> lower(word.decided_by)
      and json_extract(other.request, '$.line') = json_extract(word.request, '$.line'))
  group by word.batch, word.item`

const TWICE = `
  select exception.code, exception.object, event.by_person as person
  from exception_event as event
  join exception on exception.book = event.book and exception.number = event.exception
  join exception_event as before on before.book = event.book and before.exception = event.exception
    and before.n = (select max(n) from exception_event as last where last.book = event.book
      and last.exception = event.exception and last.n < event.n and last.event in ('opened', 'reopened', 'closed', 'resolved'))
  where event.book = (select id from book where name = ?) and event.event = 'resolved' and before.status = 'closed'`

/** A night that is said to be done, and no run of it was finished since it was due (docs/serve.md). */
const NOT_RUN = `
  select tick.due_at_ms as due from schedule_tick as tick
  where tick.book = (select id from book where name = ?) and tick.status = 'done' and not exists (
    select 1 from run where run.book = tick.book and run.kind = 'sync' and run.status = 'finished'
      and run.finished_at_ms >= tick.due_at_ms and run.finished_at_ms <= tick.finished_at_ms + 86400000)`

/** `isOfTwo`: the book's setting differentApprover. */
export function checkPeople(
  books: Books,
  { name, isOfTwo }: { readonly name: string; readonly isOfTwo: boolean },
): readonly Finding[] {
  const alone = isOfTwo ? books.rows(ALONE, name).filter(({ booked }) => (booked as bigint) > LIMIT) : []
  const leftOut = isOfTwo ? books.rows(LEFT_OUT, name).filter(({ amount }) => (amount as bigint) > LIMIT) : []
  return [
    ...leftOut.map(({ line, person, amount }) => ({
      oracle: 'left-out-alone',
      says: `${String(person)} alone left line ${String(line)} of ${String(amount)} out of the books of ${name}`,
    })),
    ...books.rows(NOT_RUN, name).map(({ due }) => ({
      oracle: 'night-not-run',
      says: `the night of ${name} due at ${new Date(Number(due)).toISOString()} is said to be done, and no run of it was finished`,
    })),
    ...alone.map(({ code, object, person, booked }) => ({
      oracle: 'decided-alone',
      says: `${String(person)} alone booked ${String(booked)} by a decision about ${String(code)} of ${String(object)}`,
    })),
    ...books.rows(TWICE, name).map(({ code, object, person }) => ({
      oracle: 'decided-twice',
      says: `${String(person)} resolved ${String(code)} of ${String(object)}, which was closed`,
    })),
  ]
}
