/** A person's word about an exception, written with its line of history: whom it was given to, and how it was resolved. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { factsOf } from '../../domain/exceptions/transition.ts'
import type { ResolutionName } from '../../domain/exceptions/resolutions.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Evidence } from '../../domain/transaction.ts'
import type { StoredException } from '../exceptions.ts'
import { writeEvents, type NewEvent } from './events.ts'

export interface Decided {
  readonly by: string
  readonly why: string
  readonly evidence: Evidence
  readonly atMs: number
}

export async function assignException(
  db: Kysely<Tables>,
  book: bigint,
  exception: StoredException,
  owner: string,
  decided: Decided,
): Promise<void> {
  const { amount, status } = exception
  await decide(db, book, exception, decided, {
    row: { owner },
    event: { event: 'assigned', status, amount, owner },
    resolution: null,
  })
}

/**
 * `left` of the amount stays open. `stands`: the same facts found again leave it closed; not where the books have changed,
 * so that the same difference would be a new one, but for the amount that the decision `covers`.
 */
export async function resolveException(
  db: Kysely<Tables>,
  book: bigint,
  exception: StoredException,
  resolved: {
    readonly as: ResolutionName
    readonly left: Units
    readonly stands: boolean
    readonly covers?: Units | null
  },
  decided: Decided,
): Promise<void> {
  const { as: resolution, left, stands, covers } = resolved
  const facts = covers === undefined ? exception : { ...exception, amount: covers }
  const { owner } = exception
  if (left !== 0n) {
    const event = { event: 'resolved' as const, status: 'open' as const, amount: left, owner }
    await decide(db, book, exception, decided, { row: { amount: left }, event, resolution })
    return
  }
  const row = {
    status: 'closed' as const,
    closed_at_ms: BigInt(decided.atMs),
    resolution,
    resolved_facts: stands || covers !== undefined ? factsOf(exception, facts) : null,
  }
  const event = { event: 'resolved' as const, status: 'closed' as const, amount: exception.amount, owner }
  await decide(db, book, exception, decided, { row, event, resolution })
}

/** A decision is taken back: it is open again with the amount it had, and no facts are covered any more. */
export async function reopenException(
  db: Kysely<Tables>,
  book: bigint,
  exception: StoredException,
  { amount, as }: { readonly amount: Units | null; readonly as: string },
  decided: Decided,
): Promise<void> {
  const row = { status: 'open' as const, closed_at_ms: null, resolution: null, resolved_facts: null, amount }
  const event = { event: 'resolved' as const, status: 'open' as const, amount, owner: exception.owner }
  await decide(db, book, exception, decided, { row, event, resolution: as })
}

interface Change {
  readonly row: Readonly<Record<string, string | bigint | null>>
  readonly event: Pick<NewEvent, 'event' | 'status' | 'amount' | 'owner'>
  readonly resolution: string | null
}

async function decide(
  db: Kysely<Tables>,
  book: bigint,
  exception: StoredException,
  { by, why, evidence, atMs }: Decided,
  { row, event, resolution }: Change,
): Promise<void> {
  const number = BigInt(exception.number)
  const { events: n } = await db
    .updateTable('exception')
    .set((each) => ({ ...row, events: each('events', '+', 1n) }))
    .where('book', '=', book)
    .where('number', '=', number)
    .returning('events')
    .executeTakeFirstOrThrow()
  const { currency, detail } = exception
  const line = { exception: number, n, ...event, currency, detail, decided: { by, why, resolution } }
  await writeEvents(db, book, [line], { evidence, ms: atMs })
}
