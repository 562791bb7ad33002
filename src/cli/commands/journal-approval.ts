/**
 * `tieout journals prepare|approve`: a draft is computed from the ledger each time; preparing keeps the hash of it, and
 * approving seals it and puts it into the outbox of every target in one transaction.
 */
import type { Command } from 'commander'
import type { Transaction } from 'kysely'
import { approvalMapping } from '../../config/approval-mapping.ts'
import { loadMappings, type Mappings } from '../../config/mappings.ts'
import type { Tables } from '../../db/tables.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { approveJournals, type Approval } from '../../journals/approve.ts'
import { EVERY_DAY } from '../../journals/drafts.ts'
import { addPreparations } from '../../journals/preparations.ts'
import { listJournals } from '../../journals/read.ts'
import { lockHead } from '../../journals/seal.ts'
import { approvePrepared, preparationOf, rehearseApproval } from '../../pipeline/approval.ts'
import { fillingFor, fillOutboxes, isStuck } from '../../pipeline/delivery/filling.ts'
import type { Filling } from '../../targets/outbox/work.ts'
import { waitingCounters, waitingView, waitingWords, type WaitingCounter } from '../../pipeline/held-days.ts'
import { nameOf } from '../../pipeline/exception-decisions.ts'
import { listExceptions } from '../../reconcile/exceptions.ts'
import { dateArgument, personArgument } from '../arguments.ts'
import { inTransaction } from '../dry-run.ts'
import { writeBook, type OpenBook } from '../open-book.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { documentDates, exportCommands, handOutLines } from '../views/hand-out.ts'
import { withApprovedAt, withAt, withLines } from '../views/journal-documents.ts'
import { approvedView, openLines, preparedLines, queuedLines, type InRange } from '../views/journals.ts'

interface ApproveOptions {
  readonly from?: IsoDate
  readonly through: IsoDate
  readonly by: string
  readonly closedThrough?: IsoDate
  readonly dryRun?: boolean
}

export function registerApproval(registry: Registry, journals: Command): void {
  const prepare = withDays(journals.command('prepare'), 'prepares')
  prepare.description(
    'look at drafts for somebody else to approve: keeps the hash of exactly what would be sealed and sent',
  )
  handle<ApproveOptions>(registry, prepare, (session, options) =>
    writeBook(session, (open) => prepareRange(session, open, options), 'tieout journals list'),
  )
  const approve = withDays(journals.command('approve'), 'approves')
  approve
    .description('seal drafts; what comes later is a new journal')
    .option('--dry-run', 'show what would be sealed, and seal nothing')
  handle<ApproveOptions>(registry, approve, (session, options) =>
    writeBook(session, (open) => approveRange(session, open, options), 'tieout journals list'),
  )
}

function withDays(command: Command, verb: string): Command {
  return command
    .option('--from <date>', 'the first accounting day; default the earliest', dateArgument)
    .requiredOption('--through <date>', 'the last accounting day', dateArgument)
    .option('--by <name>', `who ${verb}; default the user running this`, personArgument)
    .option('--closed-through <date>', "the last day that is closed in the target's books", dateArgument)
}

function approvalOf(session: Session, { config }: OpenBook, mappings: Mappings, options: ApproveOptions): Approval {
  const { from = EVERY_DAY.from, through, by, closedThrough } = options
  const mapping = approvalMapping(config, mappings)
  const atMs = session.clock.nowMs()
  const { documentPrefix } = config
  return { from, through, by, atMs, mapping, documentPrefix, ...(closedThrough === undefined ? {} : { closedThrough }) }
}

/** Empty in a book without targets. */
export async function fillingsOf({ kysely, book, config }: OpenBook, mappings: Mappings): Promise<readonly Filling[]> {
  const fillings: Filling[] = []
  for (const target of config.targets) fillings.push(await fillingFor(kysely, book, config, mappings, target))
  return fillings
}

/** Counters with a reading that waits for a person since a day that is being approved. */
async function heldWithin(
  { kysely, book, config }: OpenBook,
  through: IsoDate | undefined,
): Promise<readonly WaitingCounter[]> {
  const found = await waitingCounters(kysely, book, config.sources)
  return found.filter(({ held }) => held !== null && through !== undefined && held.since <= through)
}

async function inRange(
  { kysely, book }: OpenBook,
  { from, through }: Approval,
  held: readonly unknown[],
): Promise<InRange> {
  const sealed = await listJournals(kysely, book, { from, to: through })
  return { from, through, held: held.length, sealed: sealed.length }
}

async function prepareRange(session: Session, open: OpenBook, options: ApproveOptions): Promise<'ok' | 'findings'> {
  const { kysely, book } = open
  const mappings = loadMappings(session.config().mappings)
  const approval = approvalOf(session, open, mappings, options)
  const fillings = await fillingsOf(open, mappings)
  const { contents, held } = await inTransaction(kysely, { dryRun: true }, (trx) =>
    rehearseApproval(trx, book, fillings, approval),
  )
  const preparations = contents.map((content) => preparationOf(content, approval.by, approval.atMs))
  await kysely.transaction().execute(async (trx) => {
    await lockHead(trx, book)
    await addPreparations(trx, book, preparations)
  })
  const waiting = await heldWithin(
    open,
    preparations
      .map(({ day }) => day)
      .toSorted()
      .at(-1),
  )
  const document = {
    waiting: waiting.map(waitingView),
    prepared: preparations.map(withAt),
    held: held.map(withLines),
  }
  const there = await inRange(open, approval, held)
  session.show(document, () => [
    ...waiting.map((each) => `Note: ${waitingWords(each)}.`),
    ...preparedLines(contents, { by: approval.by, there }),
    ...held.map(({ reason }) => reason),
  ])
  return held.length === 0 ? 'ok' : 'findings'
}

async function approveRange(session: Session, opened: OpenBook, options: ApproveOptions): Promise<'ok' | 'findings'> {
  const { kysely, book, config } = opened
  const { dryRun = false } = options
  const mappings = loadMappings(session.config().mappings)
  const approval = approvalOf(session, opened, mappings, options)
  const fillings = config.journals.differentApprover ? await fillingsOf(opened, mappings) : []
  const waiting = await heldWithin(opened, approval.through)
  // Seen before anything is sealed, also by whoever reads only the JSON afterwards.
  for (const each of waiting) session.io.stderr.write(`Note: ${waitingWords(each)}.\n`)
  // All of them: when one was opened says nothing of the days that it is about.
  const open = await listExceptions(kysely, book.id, { status: 'open' })
  for (const line of openLines(open)) session.io.stderr.write(`${line}\n`)
  const seal = async (trx: Transaction<Tables>) => {
    const done = config.journals.differentApprover
      ? await approvePrepared(trx, book, fillings, approval)
      : { ...(await approveJournals(trx, book, approval)), hasChanged: false }
    const filled = done.approved.length === 0 ? [] : await fillOutboxes(trx, book, config, mappings, approval.atMs)
    return { ...done, queued: filled }
  }
  const { approved, held, queued } = await inTransaction(kysely, { dryRun }, seal, ({ hasChanged }) => !hasChanged)
  const dates = dryRun || config.targets.length > 0 ? null : documentDates(approved)
  const commands = dates === null ? [] : exportCommands(session.config(), config, dates)
  const fresh = new Set(approved.map(({ id }) => id))
  const before = dates === null ? [] : (await listJournals(kysely, book, dates)).filter(({ id }) => !fresh.has(id))
  const document = {
    dryRun,
    waiting: waiting.map(waitingView),
    open: open.map(({ number }) => nameOf(number)),
    approved: approved.map(withApprovedAt),
    held: held.map(withLines),
    queued,
  }
  const there = await inRange(opened, approval, held)
  session.show({ ...document, handOut: commands }, () => [
    ...approvedView(approved, { by: approval.by, dryRun, there }),
    ...queuedLines(queued, dryRun),
    ...held.map(({ reason }) => reason),
    ...(commands.length === 0 ? [] : handOutLines(config, commands, before)),
  ])
  return held.length === 0 && !queued.some(isStuck) ? 'ok' : 'findings'
}
