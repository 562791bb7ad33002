/**
 * A person takes a statement file back: what its own lines were matched with is free again and their postings are reversed
 * as any correction is; lines that other files show stay. Afterwards the book is as if the file had never been imported.
 */
import * as z from 'zod'
import type { ExceptionCode } from '../../domain/exception.ts'
import type { ParsedStatement } from '../../domain/statements/statement.ts'
import type { Evidence, IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import { readBatch, type Landed } from '../../log/landing.ts'
import { dropProposals, type HumanWord } from '../../evidence/matches.ts'
import { activeLegs, matchesById, proposalsOf } from '../../evidence/read-matches.ts'
import { fileOfAccount, listSections, type StatementSectionRow } from '../../evidence/statements/files.ts'
import { doubtfulPrints } from '../../evidence/statements/keep-line.ts'
import { lineRow } from '../../evidence/statements/save-statement.ts'
import {
  dropFile,
  endLines,
  forgetMonths,
  insertUndo,
  linesOfFile,
  rewordLine,
  type ShownElsewhere,
} from '../../evidence/statements/undo.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import { lineIdentity } from '../../statements/rules/s4-once.ts'
import { isOver, judge } from '../engine/items.ts'
import { evidenceOf, quarantine, type BatchContext } from './context.ts'
import { paidIn, takeMatchBack, workOutPaid } from './match-decision.ts'
import { planUndo } from './match-plan.ts'
import { parseRequest } from './requests.ts'
import { draftLines } from './settle-matches.ts'
import { raiseUncovered, statementObject } from './statement-footing.ts'
import { checkGaps } from './statement-gaps.ts'
import { daysWithLines } from '../../evidence/statements/sightings.ts'
import { overlapObject, raiseDay, settleDays } from './statement-overlaps.ts'
import { onlyTaken, openLanded, statementRequestSchema } from './statement.ts'
import { checkSettlements } from './statement-settlements.ts'
import { nothingLeftToBook } from './match-exceptions.ts'

export const statementUndoSchema = z.strictObject({
  decide: z.literal('undo'),
  sha256: z.string(),
  by: z.string(),
  why: z.string(),
})

export async function undoStatement(
  context: BatchContext,
  item: Landed,
  { sha256, by, why }: z.infer<typeof statementUndoSchema>,
): Promise<readonly TransactionDraft[]> {
  const { db, book, sourceIds } = context
  const account = sourceIds.get(item.source)
  const file = account === undefined ? null : await fileOfAccount(db, book, account, sha256)
  if (account === undefined || file === null) return refuse(context, item, sha256)
  const word = { by, why, atMs: item.fetchedAtMs }
  const { gone, kept } = await linesOfFile(db, book, file.evidence)
  const drafts = await undoMatchesOf(context, item, gone, word)
  const sections = await listSections(db, book, { account, file: file.evidence })
  await insertUndo(db, book, file, gone.length, { ...word, place: evidenceOf(item) })
  await rewordLines(context, account, kept)
  await endLines(db, book, gone)
  await dropFile(db, book, file.evidence)
  await forgetMonths(db, book, account)
  context.tally.add('unchanged', context.settings.book.currency, null)
  await closeAboutLines(context, item, gone)
  await isOver(context, item, { source: item.source, object: statementObject(sha256) })
  await closeOverlaps(context, item, { account, sections })
  await askDaysAgain(context, item, account, sections)
  await settleDays(context, item, { id: account, name: item.source })
  await raiseUncovered(context, item, account)
  await checkGaps(context, item, { account, currencies: new Set(sections.map(({ currency }) => currency)) })
  await checkSettlements(context, item, account)
  return drafts
}

/** It was checked before it was landed; evidence processed in between may have taken it back. */
async function refuse(context: BatchContext, item: Landed, sha256: string): Promise<readonly TransactionDraft[]> {
  const reason = `Account ${item.source} has no statement file ${sha256.slice(0, 12)} to take back any more.`
  context.tally.add('quarantined', context.settings.book.currency, null)
  context.warn(item.source, reason)
  await quarantine(context, item, 0, 'undo', reason, '')
  return []
}

/** Whole matches: what a line of another file was matched with beside them is open again, and no pair is kept apart. */
async function undoMatchesOf(
  context: BatchContext,
  item: Landed,
  lines: readonly bigint[],
  word: HumanWord,
): Promise<readonly TransactionDraft[]> {
  const { db, book } = context
  await dropProposals(db, book, [...new Set(await proposalsOf(db, book, 'line', lines))])
  const held = new Set((await activeLegs(db, book, 'line', lines)).map(({ match }) => match))
  const drafts: TransactionDraft[] = []
  const touched = new Set<bigint>()
  const paid = new Set<string>()
  for (const match of await matchesById(
    db,
    book,
    [...held].sort((a, b) => (a < b ? -1 : 1)),
  )) {
    const plan = await planUndo(context, match)
    drafts.push(...(await takeMatchBack(context, item, plan, word)))
    for (const line of plan.sides.lines.values()) {
      touched.add(line.id)
      await nothingLeftToBook(context, item, line, match.id)
    }
    for (const source of paidIn(plan.sides)) paid.add(source)
  }
  return [...drafts, ...(await draftLines(context, [...touched])), ...(await workOutPaid(context, item, paid))]
}

/** A line is worded as the first file that shows it words it. */
async function rewordLines(context: BatchContext, account: bigint, kept: readonly ShownElsewhere[]): Promise<void> {
  const { db, book } = context
  for (const some of Map.groupBy(kept, ({ place }) => `${place.batch}.${place.item}`).values()) {
    const [first] = some
    const parsed = first === undefined ? null : await readAgain(context, first.place)
    if (parsed === null) continue
    for (const { id, place, section: number, position } of some) {
      const section = parsed.sections[number - 1]
      const line = section?.lines.find((each) => each.line === position)
      if (section === undefined || line === undefined) continue
      const of = { book, account, evidence: place }
      const identity = lineIdentity(parsed.format, line)
      await rewordLine(db, book, id, lineRow({ of, number, section }, line), identity)
    }
  }
}

async function readAgain({ db, book }: BatchContext, { batch, item }: Evidence): Promise<ParsedStatement | null> {
  const landed = (await readBatch(db, book, batch)).find((each) => each.item === item)
  if (landed === undefined) return null
  const request = parseRequest(statementRequestSchema, landed)
  return onlyTaken(openLanded(landed.body, request), request)
}

/** Days that only the file taken back had shown with all their lines. */
async function askDaysAgain(
  context: BatchContext,
  item: Landed,
  account: bigint,
  sections: readonly StatementSectionRow[],
): Promise<void> {
  for (const { currency, first, last } of sections) {
    if (first === null || last === null) continue
    const days = await daysWithLines(context.db, context.book, { account, currency, first, last })
    for (const day of days) await raiseDay(context, item, { id: account, name: item.source, currency }, day)
  }
}

const ABOUT_LINES: readonly ExceptionCode[] = ['LINE_UNMATCHED', 'STATEMENT_DIFFERS', 'CURRENCY']

async function closeAboutLines(context: BatchContext, item: Landed, lines: readonly bigint[]): Promise<void> {
  const about = lines.map((line) => `line:${line}`)
  await judge(context, item, item.source, { codes: ABOUT_LINES, about })
}

/** Days on which no two files leave anything open any more. */
async function closeOverlaps(
  context: BatchContext,
  item: Landed,
  { account, sections }: { readonly account: bigint; readonly sections: readonly { readonly currency: string }[] },
): Promise<void> {
  const { db, book } = context
  const open = await openObjects(db, book, item.source, ['STATEMENT_DIFFERS'])
  for (const currency of new Set(sections.map((section) => section.currency))) {
    const prefix = overlapObject(currency, '')
    for (const object of open) {
      if (!object.startsWith(prefix)) continue
      const date: IsoDate = object.slice(prefix.length)
      const left = await doubtfulPrints(db, book, { account, currency, date }, 'known')
      if (left.length === 0) await isOver(context, item, { source: item.source, object })
    }
  }
}
