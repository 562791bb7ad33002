/** `tieout exceptions assign|resolve`: a person's word about an exception, kept as evidence with who and why. */
import { InvalidArgumentError, type Command } from 'commander'
import { didYouMean } from '../../config/suggest.ts'
import { InputError } from '../../domain/errors.ts'
import { RESOLUTION_NAMES, RESOLUTIONS, type ResolutionName } from '../../domain/exceptions/resolutions.ts'
import { parseMoney } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import {
  decideException,
  nameOf,
  type ExceptionDecided,
  type ExceptionWord,
} from '../../pipeline/exception-decisions.ts'
import { plannedResolution } from '../../pipeline/exception-dossier.ts'
import type { PlanRequest } from '../../pipeline/process/resolutions/effect.ts'
import { confirm } from '../confirm.ts'
import { dateArgument, personArgument, wholeNumberArgument } from '../arguments.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook, runDatabase } from '../open-book.ts'
import { askPerson, signed, type PersonOptions } from '../person.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { linesOf } from '../views/exception-dossier.ts'
import { policyOf, queueRow, queueView } from '../views/exception-queue.ts'
import { runEnvironment } from './sync.ts'

interface AssignOptions extends PersonOptions {
  readonly to: string
  readonly dryRun?: boolean
}

interface ResolveOptions extends PersonOptions {
  readonly as: ResolutionName
  readonly amount?: bigint
  readonly reference?: string
  readonly date?: IsoDate
  readonly earned?: bigint
  readonly reading?: string
  readonly line?: number
  readonly dryRun?: boolean
  readonly yes?: boolean
}

export function registerExceptionDecisions(registry: Registry, exceptions: Command): void {
  const assign = decision(exceptions.command('assign'))
    .description('say whose an exception is')
    .requiredOption('--to <name>', 'a person or a team', personArgument)
  handle<AssignOptions>(registry, assign, (session, { to, dryRun = false, ...person }, [text = '']) =>
    run(session, dryRun, text, { decide: 'assign', to, ...signed(person) }),
  )

  const resolve = decision(exceptions.command('resolve'))
    .description('say how an exception is settled, and book what follows from it')
    .requiredOption('--as <resolution>', 'how; tieout exceptions show names what fits', resolutionArgument)
    .option(
      '--amount <amount>',
      'a part of it; otherwise all of it, of a received refund what can have come',
      amountArgument,
    )
    .option('--reference <text>', 'what a top-up, a bonus or an adjustment is known by')
    .option('--date <date>', 'the day it counts on; otherwise today', dateArgument)
    .option(
      '--earned <amount>',
      'of a counter: what was earned (or spent) beside it; less than 0 where more was taken back',
      earnedArgument,
    )
    .option(
      '--reading <reading>',
      'of a counter: another reading than the held one, such as 12.1; as wrong, all through it',
      readingArgument,
    )
    .option('--line <line>', 'of lines that may be one or two: the one that is two', wholeNumberArgument)
    .option('--yes', 'book it without asking; without a terminal nothing is asked')
    .addHelpText('after', `\nResolutions:\n${helpLines().join('\n')}`)
  handle<ResolveOptions>(registry, resolve, async (session, options, [text = '']) => {
    const {
      as,
      amount,
      reference,
      date = null,
      reading = null,
      line = null,
      dryRun = false,
      yes = false,
      by,
      why,
    } = options
    const part = amount === undefined ? null : String(amount)
    const known = referenceOf(reference)
    const earned = options.earned ?? null
    const beside = earned === null ? null : String(earned)
    const about = { as, reference: known, date, reading, line }
    const word = { decide: 'resolve' as const, ...about, amount: part, earned: beside, ...signed({ by, why }) }
    const wanted = { ...about, amount: amount ?? null, earned }
    if (!dryRun && !(await isAgreed(session, yes, exceptionArgument(text), wanted))) {
      session.show({ booked: [] }, () => ['Nothing was booked.'])
      return 'ok'
    }
    return run(session, dryRun, text, word)
  })
}

/** A person at a terminal sees the entries before they are booked; what does not fit is refused afterwards, with its reason. */
async function isAgreed(
  session: Session,
  yes: boolean,
  number: number,
  wanted: Pick<PlanRequest, 'as' | 'amount' | 'reference' | 'date' | 'earned' | 'reading' | 'line'>,
): Promise<boolean> {
  if (yes || session.json || session.io.ask === undefined) return true
  let agreed = true
  await readBook(session, async ({ kysely, book }) => {
    const plan = await plannedResolution(kysely, book, number, wanted, session.clock.nowMs())
    const isBooking = plan?.kind === 'planned' && plan.drafts.length > 0
    if (isBooking) agreed = await confirm(session, false, [...planLines(plan), 'Book it'].join('\n'))
    return 'ok'
  })
  return agreed
}

function planLines({ drafts, because }: Pick<ExceptionDecided, 'drafts' | 'because'>): readonly string[] {
  const why = because === undefined ? [] : [`  ${because}; --amount states another amount`]
  return [...linesOf(drafts).map((line) => `  ${line}`), ...why]
}

function decision(command: Command): Command {
  return askPerson(command.argument('<exception>', 'as listed, such as E-12')).option(
    '--dry-run',
    'show what would be booked, and keep nothing',
  )
}

function helpLines(): readonly string[] {
  return RESOLUTION_NAMES.map((name) => `  ${name.padEnd(17)} ${RESOLUTIONS[name].words}`)
}

async function run(session: Session, dryRun: boolean, text: string, word: ExceptionWord): Promise<ExitName> {
  const number = exceptionArgument(text)
  return runDatabase(session, { dryRun }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const request = { config: session.config(), book: session.book(), env: session.io.env }
    const decided = await decideException(environment, request, number, word)
    const row = queueRow(decided.exception, policyOf(request.book), session.clock.nowMs())
    session.show({ ...queueView(row), booked: linesOf(decided.drafts), dryRun }, () =>
      decidedLines(decided, word, dryRun),
    )
    return 'ok'
  })
}

function decidedLines(
  { exception, drafts, because }: ExceptionDecided,
  word: ExceptionWord,
  dryRun: boolean,
): readonly string[] {
  const name = `${nameOf(exception.number)} ${exception.code} of ${exception.source}`
  const said =
    word.decide === 'assign'
      ? [`${name} is now ${word.to}'s.`]
      : [`${name}: ${RESOLUTIONS[word.as].words}.`, ...planLines({ drafts, because })]
  const open = word.decide === 'resolve' && exception.status === 'open' ? [`The rest stays open.`] : []
  return [...said, ...open, ...(dryRun ? ['Dry run: nothing was kept.'] : [])]
}

/** "E-12", "e-12" or "12". */
export function exceptionArgument(text: string): number {
  const digits = /^(?:E-)?([1-9]\d{0,11})$/i.exec(text.trim())?.[1]
  if (digits !== undefined) return Number(digits)
  const message = `"${text}" is not the name of an exception.`
  throw new InputError('EXCEPTION_NAME', message, 'tieout exceptions list shows names such as E-12.')
}

function resolutionArgument(text: string): ResolutionName {
  const found = RESOLUTION_NAMES.find((name) => name === text)
  if (found !== undefined) return found
  throw new InvalidArgumentError(`Say one of ${RESOLUTION_NAMES.join(', ')}.${didYouMean(text, RESOLUTION_NAMES)}`)
}

function amountArgument(text: string): bigint {
  const parsed = parseMoney(text)
  if (parsed.ok && parsed.units > 0n) return parsed.units
  throw new InvalidArgumentError('Give an amount above zero, such as 12.50, without a sign.')
}

function earnedArgument(text: string): bigint {
  const parsed = parseMoney(text)
  if (parsed.ok) return parsed.units
  throw new InvalidArgumentError('Give an amount, as 12.50 or 0, or -0.30 where more was taken back than was earned.')
}

/** "12.1", or "12" for the first item of batch 12. */
function readingArgument(text: string): string {
  if (/^\d{1,12}(?:\.\d{1,6})?$/.test(text)) return text.includes('.') ? text : `${text}.1`
  throw new InvalidArgumentError('Give the name of a reading, such as 12.1; tieout counters list shows them.')
}

function referenceOf(text: string | undefined): string | null {
  const reference = text?.trim()
  if (reference === undefined) return null
  if (reference !== '' && reference.length <= 100) return reference
  throw new InputError('REFERENCE', 'A reference has 1 to 100 characters.', "Give the payment's own id.")
}
