/** `tieout decide E-12 WORD`: a person's word about what waits, kept as evidence with who and why. */
import { InvalidArgumentError } from 'commander'
import { didYouMean } from '../../config/suggest.ts'
import { InputError } from '../../domain/errors.ts'
import { ANY_ACCOUNT, ruleOf } from '../../domain/exceptions/codes.ts'
import { RESOLUTION_NAMES, RESOLUTIONS, type ResolutionName } from '../../domain/exceptions/resolutions.ts'
import { formatMoney, parseMoney } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import {
  decideException,
  nameOf,
  exceptionUnknown,
  type ExceptionDecided,
  type ExceptionWord,
} from '../../pipeline/exception-decisions.ts'
import { plannedResolution } from '../../pipeline/exception-dossier.ts'
import { planContext } from '../../pipeline/plan-context.ts'
import { RESIDUALS, type Residual } from '../../pipeline/process/match-request.ts'
import type { PlanRequest } from '../../pipeline/process/resolutions/effect.ts'
import { fittingWords } from '../../pipeline/reconcile/fitting-words.ts'
import { exceptionNumbered, type StoredException } from '../../reconcile/exceptions.ts'
import { confirm } from '../confirm.ts'
import { dateArgument, personArgument, wholeNumberArgument } from '../arguments.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook, runDatabase } from '../open-book.ts'
import { askPerson, signed, type PersonOptions } from '../person.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { linesOf } from '../views/exception-dossier.ts'
import { policyOf, queueRow, queueView } from '../views/exception-queue.ts'
import { subjectArgument } from '../subjects.ts'
import { answerNumbered, answerSubject, type SaidWord } from './exception-answers.ts'
import { retryRow } from './set-aside.ts'
import { collectNumbers, differenceArgument, GROSS, grossArgument } from './reconcile-decisions.ts'
import { runEnvironment } from './sync.ts'

interface DecideOptions extends PersonOptions {
  readonly to?: string
  readonly amount?: bigint
  readonly reference?: string
  readonly date?: IsoDate
  readonly earned?: bigint
  readonly reading?: string
  readonly line?: number
  readonly item?: readonly number[]
  readonly match?: number
  readonly of?: string
  readonly gross?: string
  readonly difference: Residual
  readonly dryRun?: boolean
  readonly yes?: boolean
}

/** Says whose it is, and settles nothing. */
const ASSIGN = 'assign'
const RETRY = 'retry'

const EXAMPLES = `
Examples:
  tieout decide E-12 write-off --by "Ann Lee" --why "asked the panel twice" --dry-run
  tieout decide line:43 match --item 8 --why "the network's mail"`

export function registerDecide(registry: Registry): void {
  const decide = registry.program.command('decide')
  askPerson(decide)
    .description('say what something that waits is, and book what follows from it')
    .argument('<id>', 'as listed, such as E-12; line:12, item:8, match:3, or a row that was set aside, 12.1.7')
    .argument('<word>', 'what it is; tieout explain names what fits. assign gives it to somebody')
    .option('--dry-run', 'show what would be booked, and keep nothing')
    .option('--to <name>', 'of assign: a person or a team', personArgument)
    .option(
      '--amount <amount>',
      'a part of it, otherwise all of it; of a payout what was paid out, before what was taken on the way',
      amountArgument,
    )
    .option(
      '--reference <text>',
      "what a top-up, a bonus or an adjustment is known by; the vendor's id of what was placed",
    )
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
    .option(
      '--line <line>',
      'the statement line that settles it, or of several that may be two the one that is',
      wholeNumberArgument,
    )
    .option('--item <items...>', 'of a line: the expected items that it settles', collectNumbers)
    .option('--match <match>', 'which match to take back, where there are several', wholeNumberArgument)
    .option('--of <source>', 'of a payout: the publisher that paid it; of a top-up: whose wallet it was')
    .option('--gross <amount>', GROSS, grossArgument)
    .option('--difference <what>', `of a match: ${RESIDUALS.join(', ')}`, differenceArgument, 'open')
    .option('--yes', 'book it without asking; without a terminal nothing is asked')
    .addHelpText('after', `\nWords beside those of a line, an item or a match:\n${helpLines().join('\n')}\n${EXAMPLES}`)
  handle<DecideOptions>(registry, decide, (session, options, [text = '', word = '']) =>
    runDecide(session, text, word.trim(), options),
  )
}

async function runDecide(session: Session, text: string, as: string, options: DecideOptions): Promise<ExitName> {
  if (as === ASSIGN) return runAssign(session, text, options)
  const {
    amount = null,
    earned = null,
    date = null,
    reading = null,
    line = null,
    dryRun = false,
    yes = false,
  } = options
  const reference = referenceOf(options.reference)
  const person = signed(options)
  const subject = subjectArgument(text)
  if (subject.kind === 'row') {
    refuseUnheard(as, options, [])
    if (as === RETRY) return retryRow(session, subject.row, person, dryRun)
    throw new InputError('ANSWER_UNFIT', `"${as}" does not fit a row that was set aside.`, `Say ${RETRY}.`)
  }
  const { item: items = [], match = null, of = null, difference } = options
  const said = (): SaidWord => {
    return { as, gross: grossOf(options), reference, line, items, match, of, difference, person, dryRun, yes }
  }
  if (subject.kind !== 'waiting') {
    refuseUnheard(as, options, readBy(as, subject.kind === 'line'))
    return answerNumbered(session, subject, said())
  }
  const exception = await findException(session, subject.number)
  if (isWordOf(exception, as)) {
    requireOpen(exception)
    refuseUnread(exception, as, options)
    return answerSubject(session, exception, said())
  }
  const about = { as: await resolutionOf(session, exception, as), reference, date, reading, line }
  refuseUnread(exception, as, options)
  const texts = { amount: amount === null ? null : String(amount), earned: earned === null ? null : String(earned) }
  if (!dryRun && !(await isAgreed(session, yes, exception.number, { ...about, amount, earned }))) {
    session.show({ booked: [] }, () => ['Nothing was booked.'])
    return 'ok'
  }
  return runDecision(session, dryRun, text, { decide: 'resolve', ...about, ...texts, ...person })
}

function runAssign(session: Session, text: string, options: DecideOptions): Promise<ExitName> {
  const { to, dryRun = false } = options
  refuseUnheard(ASSIGN, options, ['to'])
  if (to === undefined) throw new InputError('ANSWER_NEEDS', 'Whose is it?', 'Say it with --to NAME.')
  return runDecision(session, dryRun, text, { decide: 'assign', to, ...signed(options) })
}

export async function findException(session: Session, number: number): Promise<StoredException> {
  const found: StoredException[] = []
  await readBook(session, async ({ kysely, book }) => {
    const exception = await exceptionNumbered(kysely, book.id, number)
    if (exception === null) throw exceptionUnknown(session.book().name, number)
    found.push(exception)
    return 'ok'
  })
  const [exception] = found
  if (exception === undefined) throw exceptionUnknown(session.book().name, number)
  return exception
}

function requireOpen({ number, status }: StoredException): void {
  if (status === 'open') return
  const message = `${nameOf(number)} is closed.`
  throw new InputError('EXCEPTION_CLOSED', message, 'tieout todo shows what is open.')
}

/** Options that each word reads, beside who and why; those of a resolution are read by what it plans. */
const READ_BY: Readonly<Record<string, readonly string[]>> = {
  match: ['item', 'line', 'difference'],
  payout: ['of', 'amount', 'gross'],
  'top-up': ['of', 'gross'],
  placed: ['reference'],
  unmatch: ['match'],
}
const OF_RESOLUTIONS: readonly string[] = ['amount', 'reference', 'date', 'earned', 'reading']
const SAID = ['to', 'amount', 'reference', 'date', 'earned', 'reading', 'line', 'item', 'match', 'of', 'gross'] as const

/** Nothing that was typed is passed over: who says --amount does not mean all of it. */
function refuseUnread(exception: StoredException, as: string, options: DecideOptions): void {
  const isLine = exception.object.startsWith('line:')
  const read = isWordOf(exception, as)
    ? readBy(as, isLine)
    : [...OF_RESOLUTIONS, ...(as === 'not-a-duplicate' ? ['line'] : [])]
  refuseUnheard(as, options, read)
}

/** What settles a line is an item, and the other way round. */
function readBy(as: string, isLine: boolean): readonly string[] {
  return (READ_BY[as] ?? []).filter((name) => as !== 'match' || name !== (isLine ? 'line' : 'item'))
}

function refuseUnheard(as: string, options: DecideOptions, read: readonly string[]): void {
  const given = [
    ...SAID.filter((name) => options[name] !== undefined),
    ...(options.difference === 'open' ? [] : ['difference']),
  ]
  const unread = given.filter((name) => !read.includes(name))
  if (unread.length === 0) return
  const flags = unread.map((name) => `--${name}`).join(', ')
  const next =
    read.length === 0
      ? 'Leave it out.'
      : `Leave it out; what is read with it: ${read.map((name) => `--${name}`).join(', ')}.`
  throw new InputError('ANSWER_UNFIT', `"${as}" says nothing about ${flags}.`, next)
}

/** Of a payout --amount says the same. */
function grossOf({ amount, gross }: DecideOptions): string | null {
  if (amount === undefined) return gross ?? null
  if (gross === undefined) return formatMoney(amount, 8)
  throw new InputError('ANSWER_UNFIT', '--amount and --gross say the same of a payout.', 'Leave --amount out.')
}

function isWordOf({ code, object }: StoredException, as: string): boolean {
  const { words } = ruleOf(code, object)
  return words.includes(as) || (words.includes(ANY_ACCOUNT) && /^\d{4}$/.test(as))
}

/** Throws InputError that names what fits the exception. */
async function resolutionOf(session: Session, exception: StoredException, as: string): Promise<ResolutionName> {
  const found = RESOLUTION_NAMES.find((name) => name === as)
  if (found !== undefined) return found
  const { number, code, object } = exception
  const fitting: string[] = [...ruleOf(code, object).resolutions]
  await readBook(session, async ({ kysely, book }) => {
    const context = await planContext(kysely, book)
    if (context !== null) fitting.push(...(await fittingWords(context, exception)))
    return 'ok'
  })
  const next =
    fitting.length === 0 ? `tieout explain ${nameOf(number)} says how it ends.` : `Say one of ${fitting.join(', ')}.`
  throw new InputError(
    'RESOLUTION_UNKNOWN',
    `${nameOf(number)} is not decided as "${as}".${didYouMean(as, fitting)}`,
    next,
  )
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

function helpLines(): readonly string[] {
  return RESOLUTION_NAMES.map((name) => `  ${name.padEnd(17)} ${RESOLUTIONS[name].words}`)
}

/** `text` names the exception. */
export async function runDecision(
  session: Session,
  dryRun: boolean,
  text: string,
  word: ExceptionWord,
): Promise<ExitName> {
  const number = exceptionArgument(text)
  return runDatabase(session, { dryRun, shownBy: 'tieout todo' }, async (database) => {
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
      : [`${name}: ${wordsOf(word)}.`, ...planLines({ drafts, because })]
  const open = word.decide === 'resolve' && exception.status === 'open' ? [`The rest stays open.`] : []
  return [...said, ...open, ...(dryRun ? ['Dry run: nothing was kept.'] : [])]
}

function wordsOf(word: Exclude<ExceptionWord, { readonly decide: 'assign' }>): string {
  return word.decide === 'undo' ? 'the last decision is taken back, and it waits again' : RESOLUTIONS[word.as].words
}

/** Of what is in the inbox, which alone has an owner. */
export function exceptionArgument(text: string): number {
  const subject = subjectArgument(text)
  if (subject.kind === 'waiting') return subject.number
  throw new InputError('SUBJECT_UNKNOWN', `"${text}" is in nobody's inbox.`, 'tieout todo shows names such as E-12.')
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
  throw new InvalidArgumentError(
    'Give the name of a reading, such as 12.1; tieout explain and the name of the network shows them.',
  )
}

function referenceOf(text: string | undefined): string | null {
  const reference = text?.trim()
  if (reference === undefined) return null
  if (reference !== '' && reference.length <= 100) return reference
  throw new InputError('REFERENCE', 'A reference has 1 to 100 characters.', "Give the payment's own id.")
}
