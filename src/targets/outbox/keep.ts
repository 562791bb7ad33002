/**
 * An accountant changed or deleted a delivered entry, and a person lets it stand: it is no finding any more for as long as
 * it stays exactly so, and the tie-out names it with the reason. Or takes that word back.
 */
import { InputError, TransientError } from '../../domain/errors.ts'
import { compareEntries, describeEntry } from '../compare-entries.ts'
import type { RemoteEntry } from '../entry.ts'
import { askPatiently, createPatience } from './pause.ts'
import { readEntries, type EntryRow } from './row.ts'
import { entriesOf } from './verify.ts'
import { contentThere, sayKeepWord } from './words.ts'
import { outboxOf, type Work } from './work.ts'

export interface KeepRequest {
  readonly document: string
  readonly by: string
  readonly why: string
  readonly dryRun: boolean
}

/** Returns what is kept, in words. Throws InputError where there is nothing to keep, TransientError where the target does not say. */
export async function keepTheirs(work: Work, { document, by, why, dryRun }: KeepRequest): Promise<string> {
  const row = await delivered(work, document)
  const mine = await entryThere(work, row)
  const content = contentThere(mine)
  if (mine !== undefined && content !== 'gone' && compareEntries(row.entry, mine).length === 0) {
    const message = `${document} is in ${work.name} as it was sent: there is nothing to keep.`
    throw new InputError('NOTHING_TO_KEEP', message, `tieout targets drift --target ${work.name} closes the item.`)
  }
  if (!dryRun) await say(work, row, { action: 'keep', content, by, why })
  return mine === undefined || content === 'gone' ? `${document} stays gone` : describeEntry(mine, work.accountNames)
}

/** It is a finding again. Throws InputError where nobody lets it stand. */
export async function correctTheirs(work: Work, { document, by, why, dryRun }: KeepRequest): Promise<void> {
  const row = await delivered(work, document)
  if (dryRun || (await say(work, row, { action: 'correct', content: '', by, why }))) return
  const message = `Nobody has said of ${document} that it may stay as it is in ${work.name}.`
  throw new InputError(
    'NOTHING_TO_UNDO',
    message,
    `tieout targets drift --target ${work.name} says how it stands there.`,
  )
}

async function say(
  work: Work,
  { document, remoteId }: EntryRow,
  said: { readonly action: 'keep' | 'correct'; readonly content: string; readonly by: string; readonly why: string },
): Promise<boolean> {
  const word = { ...said, document, remoteId: remoteId ?? '', atMs: work.nowMs() }
  return work.kysely.transaction().execute((trx) => sayKeepWord(trx, outboxOf(work), word))
}

async function delivered(work: Work, document: string): Promise<EntryRow> {
  const [row] = await readEntries(work.kysely, outboxOf(work), { documents: [document] })
  if (row !== undefined && row.remoteId !== null) return row
  const message = `${document} was not delivered to ${work.name}.`
  throw new InputError('DOCUMENT_UNKNOWN', message, 'Run tieout targets list --documents to see what is.')
}

async function entryThere(work: Work, row: EntryRow): Promise<RemoteEntry | undefined> {
  const found = await askPatiently(work, createPatience(work), () => entriesOf(work, [row]))
  if (found.ok) return found.value.find(({ remoteId }) => remoteId === row.remoteId)
  const message = `${work.name} does not say how ${row.document} stands there: ${found.stop.message}`
  throw new TransientError('TARGET_DOES_NOT_SAY', message, 'Nothing was kept. Try again later.')
}
