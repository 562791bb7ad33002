/**
 * The end of a night: seal the journals that policy lets through, and write the files the book asks for. Automatic
 * approval reaches only days whose nights were synced as they ended; history and backfilled days wait for a person.
 */
import { approvalMapping } from '../config/approval-mapping.ts'
import type { BookConfig } from '../config/model.ts'
import type { Mappings } from '../config/mappings.ts'
import { addDays } from '../domain/time/dates.ts'
import type { HeldJournal, SealedJournal } from '../domain/journals/journal.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { approveJournals } from '../journals/approve.ts'
import { draftJournals, EVERY_DAY } from '../journals/drafts.ts'
import { exportJournals, type ExportResult } from '../targets/files/export.ts'
import { fillOutboxes } from './delivery/filling.ts'
import { readAutomaticApproval } from './automatic-approval.ts'
import { APPROVED_BY_NIGHT, datesToWrite, noteLastJournal, settleNotes } from './hand-out.ts'
import { underLease, type RunContext } from './run-context.ts'
import { listRunArguments, listSteps } from './runs.ts'

export interface ClosedNight {
  readonly approved: readonly SealedJournal[]
  readonly held: readonly HeldJournal[]
  /** Journals that wait for a person. */
  readonly drafts: number
  /** Those of them that automatic approval left, and why. */
  readonly waiting: readonly HeldJournal[]
  readonly files: readonly string[]
}

export async function closeNight(
  context: RunContext,
  book: BookConfig,
  mappings: Mappings,
  night: IsoDate,
): Promise<ClosedNight> {
  await noteLastJournal(context)
  const { approved, left } = await approveByPolicy(context, book, mappings, night)
  const mapping = approvalMapping(book, mappings)
  const waiting = await draftJournals(context.database.kysely, context.book, EVERY_DAY, mapping)
  const dates = new Set([night, ...(await datesToWrite(context))])
  const files: string[] = []
  for (const date of [...dates].sort()) files.push(...(await writeFiles(context, book, mappings, date)))
  await settleNotes(context)
  return { approved, held: waiting.held, drafts: waiting.ready.length, waiting: left, files }
}

interface Approved {
  readonly approved: readonly SealedJournal[]
  readonly left: readonly HeldJournal[]
}

/** Nothing when the policy is review, or when anything of the night does not agree. */
async function approveByPolicy(
  context: RunContext,
  book: BookConfig,
  mappings: Mappings,
  night: IsoDate,
): Promise<Approved> {
  if (book.journals.approval !== 'auto') return { approved: [], left: [] }
  const { kysely } = context.database
  const unread = await unreadSources(context, book)
  if (unread.length > 0) {
    const sources = unread.join(', ')
    context.warn('', `no journal was approved: ${sources} could not be read to the end, so the day is not complete`)
    return { approved: [], left: [] }
  }
  const { obstacles, rule } = await readAutomaticApproval(kysely, context.book, book, mappings)
  if (obstacles.length > 0) {
    context.warn('', `no journal was approved: ${obstacles.join('; ')}`)
    return { approved: [], left: [] }
  }
  const mapping = approvalMapping(book, mappings)
  const approved: SealedJournal[] = []
  const left: HeldJournal[] = []
  for (const range of await automaticRanges(context, night)) {
    const approval = {
      ...range,
      documentPrefix: book.documentPrefix,
      by: APPROVED_BY_NIGHT,
      atMs: context.clock.nowMs(),
      mapping,
      rule,
    }
    const sealed = await underLease(context, async (trx) => {
      const done = await approveJournals(trx, context.book, approval)
      if (done.approved.length > 0) await fillOutboxes(trx, context.book, book, mappings, approval.atMs)
      return done
    })
    approved.push(...sealed.approved)
    left.push(...sealed.held.filter(({ cause }) => cause === 'policy'))
  }
  return { approved, left }
}

/** Sources whose step of this run did not come to its end: a day without them would be sealed incomplete. */
async function unreadSources(context: RunContext, book: BookConfig): Promise<readonly string[]> {
  const steps = await listSteps(context.database.kysely, context.run)
  const finished = new Set(steps.filter(({ status }) => status === 'finished').map(({ step }) => step))
  const stepOf = ({ name, type }: BookConfig['sources'][number]): string =>
    type === 'panel' ? `poll:${name}` : `stats:${name}`
  return book.sources.filter((source) => !finished.has(stepOf(source))).map(({ name }) => name)
}

/** The days from the first synced night to this one, without those a backfill has worked on. */
async function automaticRanges(
  context: RunContext,
  night: IsoDate,
): Promise<readonly { readonly from: IsoDate; readonly through: IsoDate }[]> {
  const { kysely } = context.database
  const nights = (await listRunArguments(kysely, context.book.id, 'sync')).flatMap((args) => args['night'] ?? [])
  const first = nights.reduce((least, each) => (each < least ? each : least), night)
  const backfills = (await listRunArguments(kysely, context.book.id, 'backfill')).flatMap(({ from, to }) =>
    from === undefined || to === undefined ? [] : [{ from, to }],
  )
  const ranges: { from: IsoDate; through: IsoDate }[] = []
  let open: IsoDate | null = null
  for (let day = first; day <= night; day = addDays(day, 1)) {
    const isBackfilled = backfills.some(({ from, to }) => from <= day && day <= to)
    if (!isBackfilled && open === null) open = day
    if (isBackfilled && open !== null) {
      ranges.push({ from: open, through: addDays(day, -1) })
      open = null
    }
  }
  return open === null ? ranges : [...ranges, { from: open, through: night }]
}

async function writeFiles(
  context: RunContext,
  book: BookConfig,
  mappings: Mappings,
  date: IsoDate,
): Promise<readonly string[]> {
  if (book.export === undefined) return []
  const files: string[] = []
  for (const format of book.export.formats) {
    const result: ExportResult = await exportJournals(context.database.kysely, context.book, {
      format,
      from: date,
      to: date,
      outDir: book.export.directory,
      mappings,
      handOut: { by: APPROVED_BY_NIGHT, atMs: context.clock.nowMs(), again: false, targets: book.targets },
    })
    for (const { reason } of result.leftOut) context.warn('', reason)
    if (result.status === 'repeated') context.warn('', result.message)
    if (result.status === 'written') files.push(...result.files.map((file) => file.name))
  }
  return files
}
