/**
 * `tieout journals hold|release|reverse|replace`: what a person does about a journal after it was computed or sealed.
 * Nothing sealed changes; each of these is one more line that says who, when and why.
 */
import type { Command } from 'commander'
import { loadMappings } from '../../config/mappings.ts'
import { isIsoDate, isoDateInZone } from '../../domain/time/dates.ts'
import { InputError } from '../../domain/errors.ts'
import type { SealedJournal } from '../../domain/journals/journal.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { sayHold, type HoldSubject, type HoldWord } from '../../journals/holds.ts'
import { findJournal } from '../../journals/read.ts'
import { replaceJournal, reverseJournal } from '../../journals/reverse.ts'
import { refuseChangedThere } from '../../pipeline/delivery/changed-there.ts'
import { fillOutboxes, isStuck } from '../../pipeline/delivery/filling.ts'
import { latestClosed } from '../../targets/closed-through.ts'
import { standingOf, type Standing } from '../../targets/outbox/journal-status.ts'
import { dateArgument } from '../arguments.ts'
import { inTransaction } from '../dry-run.ts'
import { writeBook, type OpenBook } from '../open-book.ts'
import { askPerson, signed, type PersonOptions } from '../person.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { exportCommands, handOutLines } from '../views/hand-out.ts'
import { withApprovedAt, withAt } from '../views/journal-documents.ts'
import { queuedLines } from '../views/journals.ts'

interface CorrectionOptions extends PersonOptions {
  readonly date?: IsoDate
  readonly closedThrough?: IsoDate
  readonly dryRun?: boolean
}

export function registerCorrections(registry: Registry, journals: Command): void {
  const hold = journals.command('hold').argument('<document|day>', 'a sealed journal, or the drafts of a day')
  askPerson(hold.description('keep a journal from being delivered, or a day from being approved'))
  handle<PersonOptions>(registry, hold, (session, options, [what = '']) =>
    writeBook(session, (open) => sayWord(session, open, { what, action: 'hold' }, options), 'tieout journals list'),
  )
  const release = journals.command('release').argument('<document|day>', 'what is held')
  askPerson(release.description('let go what was held'))
  handle<PersonOptions>(registry, release, (session, options, [what = '']) =>
    writeBook(session, (open) => sayWord(session, open, { what, action: 'release' }, options), 'tieout journals list'),
  )
  registerCorrection(registry, journals, 'reverse', 'seal a journal that takes a sealed one back, line by line')
  registerCorrection(registry, journals, 'replace', 'seal a reversed journal again, to be delivered anew')
}

type CorrectionKind = 'reverse' | 'replace'

function registerCorrection(registry: Registry, journals: Command, kind: CorrectionKind, text: string): void {
  const command = journals.command(kind).argument('<document>', 'such as AGENCY-20260318-1')
  askPerson(command.description(text))
    .option(
      '--date <date>',
      'its date in the target, in an open period and not after today; default that of the journal, or the first open day',
      dateArgument,
    )
    .option('--closed-through <date>', "the last day that is closed in the target's books", dateArgument)
    .option('--dry-run', 'show what would be sealed, and seal nothing')
  handle<CorrectionOptions>(registry, command, (session, options, [document = '']) =>
    writeBook(session, (open) => correct(session, open, { kind, document }, options), 'tieout journals list'),
  )
}

async function sayWord(
  session: Session,
  { kysely, book }: OpenBook,
  { what, action }: { readonly what: string; readonly action: HoldWord['action'] },
  options: PersonOptions,
): Promise<'ok'> {
  const word = { ...signed(options), action, atMs: session.clock.nowMs() }
  const { name, changed, standings } = await kysely.transaction().execute(async (trx) => {
    const journal = isIsoDate(what) ? null : await findJournal(trx, book, what)
    if (journal !== null && action === 'hold') refuseDelivered(journal)
    const subject: HoldSubject = journal === null ? { day: what } : { journal: journal.id }
    const standings = journal === null || action === 'release' ? [] : await standingOf(trx, book, journal.id)
    return { name: journal?.document ?? what, changed: await sayHold(trx, book, subject, word), standings }
  })
  session.show({ held: action === 'hold', subject: name, changed, sent: standings, ...withAt(word) }, () => [
    holdLine(name, word, changed),
    ...standings.map(sentLine),
  ])
  return 'ok'
}

function refuseDelivered({ document, status }: SealedJournal): void {
  if (status === 'approved') return
  const message = `${document} was delivered already: holding it would change nothing.`
  throw new InputError(
    'JOURNAL_DELIVERED',
    message,
    `To take it back: tieout journals reverse ${document} --by NAME --why TEXT`,
  )
}

const SENT = {
  there: 'has a part of it or all, which stays there; nothing more of it is sent.',
  now: 'is being sent to by a delivery right now, which may still send it.',
  perhaps: 'may have it already: it was sent, and no answer came yet. The next delivery looks, and sends nothing.',
} as const

function sentLine({ target, is }: Standing): string {
  return `${target} ${SENT[is]}`
}

function holdLine(name: string, { action, by }: HoldWord, changed: boolean): string {
  const isDay = isIsoDate(name)
  const subject = isDay ? `The drafts of ${name}` : name
  const are = isDay ? 'are' : 'is'
  if (action === 'hold' && !changed) return `${subject} ${are} held already, by ${by} for the same reason.`
  if (action === 'hold') {
    const effect = isDay ? 'nobody can approve them' : 'it is not delivered'
    return `${subject} ${are} held by ${by}: ${effect}. To let ${isDay ? 'them' : 'it'} go: tieout journals release ${name} --by NAME --why TEXT`
  }
  if (!changed) return `${subject} ${are} not held: there is nothing to release.`
  return `${subject} ${are} released by ${by}.`
}

async function correct(
  session: Session,
  { kysely, book, config }: OpenBook,
  { kind, document }: { readonly kind: CorrectionKind; readonly document: string },
  options: CorrectionOptions,
): Promise<'ok' | 'findings'> {
  const { date, dryRun = false } = options
  const closed = options.closedThrough ?? (await latestClosed(kysely, book.id, config.targets))?.through
  const correction = {
    ...signed(options),
    document,
    atMs: session.clock.nowMs(),
    documentPrefix: config.documentPrefix,
    today: isoDateInZone(session.clock.nowMs(), config.timeZone),
    ...(date === undefined ? {} : { date }),
    ...(closed === undefined ? {} : { closedThrough: closed }),
  }
  const way = kind === 'reverse' ? reverseJournal : replaceJournal
  const mappings = loadMappings(session.config().mappings)
  const { journal, queued } = await inTransaction(kysely, { dryRun }, async (trx) => {
    if (kind === 'reverse') await refuseChangedThere(trx, book, config.targets, await findJournal(trx, book, document))
    const sealed = await way(trx, book, correction)
    return { journal: sealed, queued: await fillOutboxes(trx, book, config, mappings, correction.atMs) }
  })
  const dates = { from: journal.documentDate, to: journal.documentDate }
  const isDelivered = config.targets.length > 0
  const commands = dryRun || isDelivered ? [] : exportCommands(session.config(), config, dates)
  session.show({ dryRun, journal: withApprovedAt(journal), queued, handOut: commands }, () => [
    correctionLine(journal, dryRun),
    ...queuedLines(queued, dryRun),
    ...(kind === 'reverse' && !dryRun
      ? [
          `Its range is not drafted again by itself. To bring it back: tieout journals replace ${journal.link?.subjectDocument} --by NAME --why TEXT`,
        ]
      : []),
    ...(commands.length === 0 ? [] : handOutLines(config, commands, [])),
  ])
  return queued.some(isStuck) ? 'findings' : 'ok'
}

function correctionLine({ document, documentDate, link, approvedBy }: SealedJournal, dryRun: boolean): string {
  const verb = link?.kind === 'reversal' ? 'takes back' : 'brings again'
  const sealed = dryRun ? 'would be sealed' : 'sealed'
  return `${document}, dated ${documentDate}, ${sealed} by ${approvedBy}: it ${verb} ${link?.subjectDocument}.`
}
