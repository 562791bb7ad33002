/**
 * The target's closed books. They are asked about once in a pass, and again after a refusal, because somebody may close
 * them while we deliver. A closed day is held, or moved to the first open one with another payload, as the policy says.
 */
import type { IsoDate } from '../../domain/transaction.ts'

import type { Answer } from '../port.ts'
import { moveRow, type Move, type NewPayload } from './move.ts'
import { readRows, type OutboxRow } from './row.ts'
import { sealedDocuments } from './sealed-documents.ts'
import { outboxOf, type Work } from './work.ts'

export interface ClosedPeriods {
  /** Asks the target. Until it has answered, nothing is known to be closed. */
  readonly ask: () => Promise<Answer<IsoDate | null>>
  /** A date was refused although the target had not said so: that day and earlier ones count as closed in this pass. */
  readonly refused: (date: IsoDate) => void
  readonly isClosed: (date: IsoDate) => boolean
  /** The last closed day as the target says; null when it is open, or does not say. */
  readonly through: () => IsoDate | null
}

export function createClosedPeriods({ target }: Pick<Work, 'target'>): ClosedPeriods {
  let through: IsoDate | null = null
  let refusedThrough: IsoDate | null = null
  return {
    ask: async () => {
      const answer = await target.closedThrough()
      if (answer.kind === 'ok') through = answer.value
      return answer
    },
    refused: (date) => {
      if (refusedThrough === null || date > refusedThrough) refusedThrough = date
    },
    isClosed: (date) => (through !== null && date <= through) || (refusedThrough !== null && date <= refusedThrough),
    through: () => through,
  }
}

/** Held rows whose day is open again, or for which the policy now has a place, are queued again. */
export async function releaseHeld(work: Work, closed: ClosedPeriods): Promise<void> {
  for (const row of await readRows(work.kysely, outboxOf(work), { states: ['held'] })) {
    if (!closed.isClosed(row.entry.date)) {
      await moveRow(work, row, { to: 'queued', message: `the books are open for ${row.entry.date} again` })
    } else if (work.closedPeriod === 'first-open-day') {
      const payload = await firstOpenDay(work, closed, row)
      if (payload !== null) await moveRow(work, row, { to: 'queued', message: payload.reason, payload })
    }
  }
}

/** What becomes of a row that is not in the target and whose date is closed. */
export async function closedMove(work: Work, closed: ClosedPeriods, row: OutboxRow): Promise<Move> {
  const payload = work.closedPeriod === 'first-open-day' ? await firstOpenDay(work, closed, row) : null
  if (payload !== null) return { to: 'queued', message: payload.reason, payload }
  const through = closed.through()
  return { to: 'held', message: `${row.document} of ${row.entry.date} is held: ${whatCloses(work, through)}` }
}

/** Another day helps only where the last closed one is known, and the policy does not say so already. */
function whatCloses({ closedPeriod }: Work, through: IsoDate | null): string {
  if (through === null) {
    return (
      "the target's books are closed for that day, and it does not say through which day they are. " +
      'The period has to be opened there.'
    )
  }
  const other = closedPeriod === 'hold' ? ', or set closedPeriod: first-open-day' : ''
  return `the target's books are closed through ${through}. Open the period there${other}.`
}

/** The row's part anew on the first open day; null when that cannot be known, or its parts would fall differently. */
async function firstOpenDay(work: Work, closed: ClosedPeriods, row: OutboxRow): Promise<NewPayload | null> {
  const through = closed.through()
  if (through === null || row.entry.date > through) return null
  const [sealed] = await sealedDocuments(work.kysely, work.book, [row.journal])
  const built = sealed === undefined ? null : await work.build(work.kysely, sealed, through)
  const entry = built?.ok === true ? built.entries.find(({ document }) => document === row.document) : undefined
  if (entry === undefined || entry.date <= through) return null
  const reason = `dated ${entry.date} because the books are closed through ${through}`
  return { entry, body: work.body(entry), reason }
}
