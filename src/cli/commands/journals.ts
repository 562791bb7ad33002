/**
 * `tieout journals list|show`: what was sealed, what would be, what is held and why, and what exactly a target is sent.
 * The commands that change something are in files of their own.
 */
import type { Command } from 'commander'
import { approvalMapping } from '../../config/approval-mapping.ts'
import { loadMappings } from '../../config/mappings.ts'
import { InputError } from '../../domain/errors.ts'
import type { DraftJournal, SealedJournal } from '../../domain/journals/journal.ts'
import type { RoundedLine } from '../../domain/journals/rounding.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { draftJournals, EVERY_DAY, type DayRange } from '../../journals/drafts.ts'
import { readHolds } from '../../journals/holds.ts'
import { IN_FORCE, readAftermath } from '../../journals/links.ts'
import { listPreparations } from '../../journals/preparations.ts'
import { journalLines, linesOfJournals, listJournals } from '../../journals/read.ts'
import { waitingReasons } from '../../pipeline/automatic-approval.ts'
import { dateArgument } from '../arguments.ts'
import { readBook, writeBook, type OpenBook } from '../open-book.ts'
import { counted } from '../output.ts'
import { chooseTarget } from '../targets.ts'
import { handle, type Registry, type Session } from '../session.ts'
import {
  draftRow,
  journalView,
  LIST_COLUMNS,
  lineRows,
  LINE_COLUMNS,
  sealedRow,
  SEQUENCES_NOTE,
  type Fate,
} from '../views/journals.ts'
import { holdDocument, withApprovedAt, withLines } from '../views/journal-documents.ts'
import { registerApproval } from './journal-approval.ts'
import { showBodies } from './journal-bodies.ts'
import { registerCorrections } from './journal-corrections.ts'

interface ShowOptions {
  readonly target?: string
}

interface RangeOptions {
  readonly from?: IsoDate
  readonly to?: IsoDate
}

export function registerJournals(registry: Registry): void {
  const journals = registry.program.command('journals').description('daily journals, exact to the cent')
  const list = withRange(journals.command('list').description('approved journals, and drafts waiting for approval'))
  handle<RangeOptions>(registry, list, (session, options) =>
    readBook(session, (open) => listAll(session, open, options)),
  )
  const show = journals.command('show').argument('<document>', 'such as AGENCY-20260318-1, or the day of a draft')
  show
    .description('one journal with its lines, exact and rounded')
    .option('--target <name>', 'what exactly this target is sent, byte for byte')
  handle<ShowOptions>(registry, show, (session, { target }, [document = '']) =>
    target === undefined
      ? readBook(session, (open) => showOne(session, open, document))
      : writeBook(session, (open) => showBodies(session, open, document, chooseTarget(session, target))),
  )
  registerApproval(registry, journals)
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
  const ids = sealed.map(({ id }) => id)
  const lines = await linesOfJournals(kysely, book, ids)
  const { ready, held } = await draftJournals(kysely, book, range, mapping)
  const aftermath = await readAftermath(kysely, book)
  const holds = await readHolds(kysely, book)
  const fateOf = ({ id }: SealedJournal): Fate => ({
    ...(aftermath.get(id) ?? IN_FORCE),
    hold: holds.journals.get(id) ?? null,
  })
  const preparations = await listPreparations(kysely, book)
  const preparedOf = ({ day, currency }: DraftJournal) =>
    preparations.findLast((each) => each.day === day && each.currency === currency)
  const rows = [
    ...sealed.map((journal) => sealedRow(journal, lines.get(journal.id) ?? [], fateOf(journal))),
    ...ready.map((draft) => draftRow('draft', draft, preparedOf(draft))),
    ...held.map((draft) => draftRow('held', draft, preparedOf(draft))),
  ]
  const journals = sealed.map((journal) =>
    sealedDocument({ ...journal, lines: lines.get(journal.id) ?? [] }, fateOf(journal)),
  )
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
    session.show(sealedDocument({ ...found, lines }, fate), () => [
      ...journalView(found, fate),
      ...session.table(LINE_COLUMNS, lineRows(lines)),
    ])
    return 'ok'
  }
  const { ready } = await draftJournals(kysely, book, { from: name, to: name })
  const ofDay = sealed.filter(({ day }) => day === name).map(({ document }) => document)
  if (ready.length === 0) throw nothingToShow(book.name, name, ofDay)
  session.show({ drafts: ready.map(withLines) }, () =>
    ready.flatMap((draft) => [
      `Draft of ${draft.day}, ${draft.currency}; it changes until it is approved.`,
      ...session.table(LINE_COLUMNS, lineRows(draft.lines)),
      ...(ofDay.length === 0 ? [] : [`Sealed of this day already: ${ofDay.join(', ')}.`]),
    ]),
  )
  return 'ok'
}

function sealedDocument(journal: SealedJournal & { readonly lines: readonly RoundedLine[] }, fate: Fate) {
  return { ...withApprovedAt(withLines(journal)), ...fate, hold: holdDocument(fate.hold) }
}

function nothingToShow(book: string, name: string, ofDay: readonly string[]): InputError {
  const [first] = ofDay
  if (first !== undefined) {
    const message = `Nothing of ${name} is a draft any more: it is sealed as ${ofDay.join(', ')}.`
    return new InputError('JOURNAL_SEALED', message, `To see it: tieout journals show ${first}`)
  }
  const message = `Book "${book}" has no journal "${name}" and no draft of such a day.`
  return new InputError('JOURNAL_UNKNOWN', message, 'Run tieout journals list to see them.')
}
