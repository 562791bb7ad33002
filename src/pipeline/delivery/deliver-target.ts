/**
 * A delivery to one target: out with what is due, read back what arrived, and, at night, look whether what was delivered
 * before is still true. What the target answers is never an error of ours: it ends as a state, a report and an exception.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { OUTBOX_STATES, type OutboxState } from '../../domain/journals/outbox.ts'
import { listExceptions } from '../../reconcile/exceptions.ts'
import type { Drift } from '../../targets/outbox/check.ts'
import { checkDrift, type DriftOptions } from '../../targets/outbox/drift.ts'
import { deliverPass } from '../../targets/outbox/pass.ts'
import { createPatience, type Stop } from '../../targets/outbox/pause.ts'
import { readEntries, type Outbox } from '../../targets/outbox/row.ts'
import { verifyDelivered, type Checked } from '../../targets/outbox/verify.ts'
import { outboxOf, type Work } from '../../targets/outbox/work.ts'
import { heldJournals } from '../../journals/holds.ts'
import { documentOf, TIE_OUT, type Learnt } from './exceptions.ts'

export interface DeliverOptions {
  /** At most so many entries; null: all. */
  readonly limit: number | null
  /** Whether what was delivered before is looked at too: only what changed, everything, or not. */
  readonly drift: 'changes' | 'all' | 'no'
}

export interface TargetReport {
  readonly target: string
  readonly created: readonly string[]
  /** Were in the target already: an answer had been lost. */
  readonly adopted: readonly string[]
  readonly verified: readonly string[]
  /** Rows by state, after the delivery. */
  readonly states: Readonly<Record<OutboxState, number>>
  /** Those that wait because a person holds them, with who and why. */
  readonly onHold: readonly { readonly document: string; readonly why: string }[]
  readonly stopped: Stop | null
  readonly learnt: Learnt
}

const NOTHING_CHECKED: Checked = { verified: [], findings: [], checked: [], stopped: null }

export async function deliverTarget(work: Work, { limit, drift }: DeliverOptions): Promise<TargetReport> {
  const pass = await deliverPass(work, { limit, onHold: () => heldJournals(work.kysely, work.book) })
  const again = pass.stopped === null ? await readBack(work, drift) : NOTHING_CHECKED
  const stopped = pass.stopped ?? again.stopped
  return {
    target: work.name,
    created: pass.created,
    adopted: pass.adopted,
    verified: again.verified,
    states: await countStates(work.kysely, outboxOf(work)),
    onHold: await rowsOnHold(work),
    stopped,
    learnt: { unbuilt: pass.enqueued.unbuilt, stopped, findings: again.findings, checked: again.checked },
  }
}

async function rowsOnHold(work: Work): Promise<TargetReport['onHold']> {
  const held = await heldJournals(work.kysely, work.book)
  if (held.size === 0) return []
  const rows = await readEntries(work.kysely, outboxOf(work), { states: ['queued', 'unknown'] })
  return rows.flatMap(({ journal, document }) => {
    const why = held.get(journal)
    return why === undefined ? [] : [{ document, why }]
  })
}

async function readBack(work: Work, drift: DeliverOptions['drift']): Promise<Checked> {
  const fresh = await verifyDelivered(work, createPatience(work), { documents: [], listed: [] })
  if (drift === 'no' || fresh.stopped !== null) return fresh
  const today = isoDateInZone(work.nowMs(), 'UTC')
  const old = await checkDrift(work, await driftOptions(work, today, drift === 'all'))
  return {
    verified: [...fresh.verified, ...old.verified],
    findings: [...fresh.findings.filter(({ document }) => !old.checked.includes(document)), ...old.findings],
    checked: [...new Set([...fresh.checked, ...old.checked])],
    stopped: old.stopped,
  }
}

/** A copy under another number is only found among everything: until it is gone, everything is looked at. */
export async function driftOptions(
  work: Pick<Work, 'kysely' | 'book' | 'name'>,
  today: IsoDate,
  all: boolean,
): Promise<DriftOptions> {
  const copies = await openDrift(work, 'copied')
  return { all: all || copies.length > 0, today, open: await openDrift(work) }
}

/** Documents that are known to be otherwise in the target, in this way or in any. */
export async function openDrift(
  { kysely, book, name }: Pick<Work, 'kysely' | 'book' | 'name'>,
  drift?: Drift,
): Promise<readonly string[]> {
  const open = await listExceptions(kysely, book.id, { status: 'open', source: name })
  const documents = open
    .filter(
      ({ code, object }) =>
        code === 'TARGET_CHANGED' && object !== TIE_OUT && (drift === undefined || object.endsWith(`:${drift}`)),
    )
    .map(({ object }) => documentOf(object))
  return [...new Set(documents)]
}

export async function countStates(db: Kysely<Tables>, { book, target }: Outbox): Promise<TargetReport['states']> {
  const rows = await db
    .selectFrom('outbox')
    .select(({ fn }) => ['state', fn.countAll<bigint>().as('count')])
    .where('book', '=', book)
    .where('target', '=', target)
    .groupBy('state')
    .execute()
  const counts = new Map(rows.map(({ state, count }) => [state, Number(count)]))
  const states = Object.keys(OUTBOX_STATES) as OutboxState[]
  return Object.fromEntries(states.map((state) => [state, counts.get(state) ?? 0])) as TargetReport['states']
}
