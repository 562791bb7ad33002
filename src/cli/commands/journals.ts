/**
 * `tieout journals list|show|approve`. A draft is computed from the ledger each time; approving seals it at the ledger's
 * present head and never changes it again. A journal with an account that is not mapped is held whole and named.
 */
import { userInfo } from 'node:os'
import type { Command } from 'commander'
import { approvalMapping } from '../../config/approval-mapping.ts'
import { loadMappings } from '../../config/mappings.ts'
import { InputError } from '../../domain/errors.ts'
import type { SealedJournal } from '../../domain/journal.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { approveJournals } from '../../journals/approve.ts'
import { draftJournals, EVERY_DAY, type DayRange } from '../../journals/drafts.ts'
import { readHolds } from '../../journals/holds.ts'
import { IN_FORCE, readAftermath } from '../../journals/links.ts'
import { journalLines, linesOfJournals, listJournals } from '../../journals/read.ts'
import { waitingReasons } from '../../pipeline/automatic-approval.ts'
import { dateArgument, personArgument } from '../arguments.ts'
import { inTransaction } from '../dry-run.ts'
import { readBook, writeBook, type OpenBook } from '../open-book.ts'
import { counted } from '../output.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { documentDates, exportCommands, handOutLines } from '../views/hand-out.ts'
import {
  approvedView,
  draftRow,
  journalView,
  LIST_COLUMNS,
  lineRows,
  LINE_COLUMNS,
  sealedRow,
  SEQUENCES_NOTE,
  type Fate,
  withLines,
} from '../views/journals.ts'
import { registerCorrections } from './journal-corrections.ts'

interface RangeOptions {
  readonly from?: IsoDate
  readonly to?: IsoDate
}

interface ApproveOptions {
  readonly from?: IsoDate
  readonly through: IsoDate
  readonly by?: string
  readonly closedThrough?: IsoDate
  readonly dryRun?: boolean
}

export function registerJournals(registry: Registry): void {
  const journals = registry.program.command('journals').description('daily journals, exact to the cent')
  const list = withRange(journals.command('list').description('approved journals, and drafts waiting for approval'))
  handle<RangeOptions>(registry, list, (session, options) =>
    readBook(session, (open) => listAll(session, open, options)),
  )
  const show = journals.command('show').argument('<document>', 'such as AGENCY-20260318-1, or the day of a draft')
  show.description('one journal with its lines, exact and rounded')
  handle(registry, show, (session, _, [document = '']) => readBook(session, (open) => showOne(session, open, document)))
  const approve = withRange(
    journals.command('approve').description('seal drafts; what comes later is a new journal'),
    [],
  )
  approve
    .option('--from <date>', 'the first accounting day; default the earliest', dateArgument)
    .requiredOption('--through <date>', 'the last accounting day', dateArgument)
    .option('--by <name>', 'who approves; default the user running this', personArgument)
    .option('--closed-through <date>', "the last day that is closed in the target's books", dateArgument)
    .option('--dry-run', 'show what would be sealed, and seal nothing')
  handle<ApproveOptions>(registry, approve, (session, options) =>
    writeBook(session, (open) => approveRange(session, open, options)),
  )
  registerCorrections(registry, journals)
}

function withRange(command: Command, flags: readonly string[] = ['from', 'to']): Command {
  for (const flag of flags) command.option(`--${flag} <date>`, `${flag} this day, inclusive`, dateArgument)
  return command
}

async function listAll(session: Session, { kysely, book, config }: OpenBook, options: RangeOptions): Promise<'ok'> {
  const range: DayRange = { from: options.from ?? EVERY_DAY.from, to: options.to ?? EVERY_DAY.to }
  const mappings = loadMappings(session.config().mappings)
  const mapping = approvalMapping(config, mappings)
  const sealed = await listJournals(kysely, book, range)
  const ends = { first: sealed[0]?.id ?? 0n, last: sealed.at(-1)?.id ?? -1n }
  const lines = await linesOfJournals(kysely, book, ends)
  const { ready, held } = await draftJournals(kysely, book, range, mapping)
  const aftermath = await readAftermath(kysely, book)
  const holds = await readHolds(kysely, book)
  const fateOf = ({ id }: SealedJournal): Fate => ({
    ...(aftermath.get(id) ?? IN_FORCE),
    hold: holds.journals.get(id) ?? null,
  })
  const rows = [
    ...sealed.map((journal) => sealedRow(journal, lines.get(journal.id) ?? [], fateOf(journal))),
    ...ready.map((draft) => draftRow('draft', draft)),
    ...held.map((draft) => draftRow('held', draft)),
  ]
  const journals = sealed.map((journal) => ({ ...journal, ...fateOf(journal) }))
  const waits = config.journals.approval === 'auto' ? await waitingReasons(kysely, book, config, mappings, ready) : []
  session.show({ journals, drafts: ready.map(withLines), held: held.map(withLines), waits }, () => [
    ...session.table(LIST_COLUMNS, rows),
    '',
    `${counted(sealed.length, 'journal')} approved, ${counted(ready.length, 'draft')}, ${held.length} held.`,
    ...(sealed.length === 0 ? [] : [SEQUENCES_NOTE]),
    ...held.map(({ reason }) => reason),
    ...waits,
  ])
  return 'ok'
}

async function showOne(session: Session, { kysely, book }: OpenBook, name: string): Promise<'ok'> {
  const sealed = await listJournals(kysely, book, EVERY_DAY)
  const found = sealed.find(({ document }) => document.toLowerCase() === name.toLowerCase())
  if (found !== undefined) {
    const lines = await journalLines(kysely, book, found.id)
    const { journals: holds } = await readHolds(kysely, book)
    const aftermath = await readAftermath(kysely, book)
    const fate = { ...(aftermath.get(found.id) ?? IN_FORCE), hold: holds.get(found.id) ?? null }
    session.show(withLines({ ...found, ...fate, lines }), () => [
      ...journalView(found, fate),
      ...session.table(LINE_COLUMNS, lineRows(lines)),
    ])
    return 'ok'
  }
  const { ready } = await draftJournals(kysely, book, { from: name, to: name })
  if (ready.length === 0) {
    const message = `Book "${book.name}" has no journal "${name}" and no draft of such a day.`
    throw new InputError('JOURNAL_UNKNOWN', message, 'Run tieout journals list to see them.')
  }
  session.show({ drafts: ready.map(withLines) }, () =>
    ready.flatMap((draft) => [
      `Draft of ${draft.day}, ${draft.currency}; it changes until it is approved.`,
      ...session.table(LINE_COLUMNS, lineRows(draft.lines)),
    ]),
  )
  return 'ok'
}

async function approveRange(
  session: Session,
  { kysely, book, config }: OpenBook,
  options: ApproveOptions,
): Promise<'ok' | 'findings'> {
  const { from = EVERY_DAY.from, through, by = userInfo().username, closedThrough, dryRun = false } = options
  const mapping = approvalMapping(config, loadMappings(session.config().mappings))
  const atMs = session.clock.nowMs()
  const approval = { from, through, by, atMs, mapping, ...(closedThrough === undefined ? {} : { closedThrough }) }
  const { approved, held } = await inTransaction(kysely, { dryRun }, (trx) => approveJournals(trx, book, approval))
  const dates = dryRun ? null : documentDates(approved)
  const commands = dates === null ? [] : exportCommands(session.config(), config, dates)
  const fresh = new Set(approved.map(({ id }) => id))
  const before = dates === null ? [] : (await listJournals(kysely, book, dates)).filter(({ id }) => !fresh.has(id))
  session.show({ dryRun, approved, held: held.map(withLines), handOut: commands }, () => [
    ...approvedView(approved, { by, dryRun }),
    ...held.map(({ reason }) => reason),
    ...(commands.length === 0 ? [] : handOutLines(config, commands, before)),
  ])
  return held.length === 0 ? 'ok' : 'findings'
}
