/**
 * A person's decision to try again: what was refused after its cause was mended, or what somebody deleted in the target,
 * which is asked whether it is so. The decision is written into the history with the name. The entry is built anew, by
 * the mapping of today, and looked up as ever.
 */
import { InputError, TransientError } from '../../domain/errors.ts'
import { NEW_KEY_MS } from '../../domain/journals/outbox.ts'
import { journalOf } from '../../journals/read.ts'
import { compareEntries } from '../compare-entries.ts'
import { moveRow, type Move, type NewPayload } from './move.ts'
import { createPatience } from './pause.ts'
import { readRows, type OutboxRow } from './row.ts'
import { sealedDocuments } from './sealed-documents.ts'
import { readBack } from './verify.ts'
import { outboxOf, type Work } from './work.ts'

export interface Retry {
  /** A row's document, or a journal's for all its parts; letters may be small. */
  readonly document: string
  readonly by: string
  /** Kept in the entry's history, where it was said. */
  readonly why?: string
}

/** Returns the documents that are queued again. Throws InputError when there is nothing to try again. */
export async function retryDocument(work: Work, { document, by, why }: Retry): Promise<readonly string[]> {
  const wanted = document.trim().toUpperCase()
  const sealed = await journalOf(work.kysely, work.book, wanted)
  const filter = sealed === undefined ? { documents: [wanted] } : { journal: sealed.id }
  const rows = await readRows(work.kysely, outboxOf(work), filter)
  if (rows.length === 0) {
    const message = `Nothing under the number ${document} is in the outbox of ${work.name}.`
    throw new InputError('DOCUMENT_UNKNOWN', message, 'Run tieout targets list --documents to see what is.')
  }
  const { findings, stopped } = await readBack(
    work,
    createPatience(work),
    rows.filter(({ remoteId }) => remoteId !== null),
    [],
  )
  const gone = findings.filter(({ drift }) => drift === 'deleted').map((finding) => finding.document)
  const due = rows.filter((row) => row.state === 'refused' || gone.includes(row.document))
  if (due.length === 0 && stopped !== null) {
    const message = `${work.name} does not say whether it still holds ${document}: ${stopped.message}`
    throw new TransientError('TARGET_DOES_NOT_SAY', message, 'Nothing was changed. Try again later.')
  }
  if (due.length === 0) {
    const states = [...new Set(rows.map(({ state }) => state))].join(', ')
    const message = `${document} is ${states}: there is nothing to try again.`
    throw new InputError(
      'NOTHING_TO_RETRY',
      message,
      'Only what was refused, or is gone from the target, is tried again. What is there and wrong is corrected there.',
    )
  }
  for (const row of due) refuseWhileUnderWay(work, row)
  const queued: string[] = []
  for (const row of due) {
    const moved = await moveRow(work, row, await againMove(work, row, { by, ...(why === undefined ? {} : { why }) }))
    if (moved !== null) queued.push(moved.document)
  }
  return queued
}

/** What was sent under the present key may still arrive, and under another one it would arrive twice: no vendor has said no to it. */
function refuseWhileUnderWay(work: Work, { document, state, sentAtMs }: OutboxRow): void {
  if (state !== 'refused' || sentAtMs === null || Math.abs(work.wallMs() - sentAtMs) >= NEW_KEY_MS) return
  const time = (ms: number): string => new Date(ms).toISOString().slice(0, 19)
  const message = `${document} was sent at ${time(sentAtMs)} UTC, no answer came, and it may still arrive in ${work.name}.`
  const step = `Nothing was changed. Try again after ${time(sentAtMs + NEW_KEY_MS)} UTC.`
  throw new TransientError('SENT_RECENTLY', message, step)
}

async function againMove(work: Work, row: OutboxRow, { by, why }: Omit<Retry, 'document'>): Promise<Move> {
  const message = `${by} wants it tried again${why === undefined ? '' : `: ${why}`}`
  const payload = await rebuilt(work, row)
  return { to: 'queued', message, byPerson: by, freshKey: true, ...(payload === null ? {} : { payload }) }
}

/** Null when building gives the same, or cannot: then what was refused is sent as it was. */
async function rebuilt(work: Work, row: OutboxRow): Promise<NewPayload | null> {
  const [sealed] = await sealedDocuments(work.kysely, work.book, [row.journal])
  const built = sealed === undefined ? null : await work.build(work.kysely, sealed, null)
  if (built === null || !built.ok || built.entries.length !== row.parts) return null
  const entry = built.entries.find(({ document }) => document === row.document)
  if (entry === undefined || compareEntries(row.entry, entry).length === 0) return null
  return { entry, body: work.body(entry), reason: 'built anew by the mapping in force' }
}
