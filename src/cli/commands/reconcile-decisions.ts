/** `tieout reconcile match, unmatch, ignore …`: a person's word about lines and items, kept with who said it and why. */
import { InvalidArgumentError, type Command } from 'commander'
import { loadMappings, NO_SUCH_ACCOUNT } from '../../config/mappings.ts'
import { InputError } from '../../domain/errors.ts'
import { formatMoney, parseMoney } from '../../domain/money/money.ts'
import { ALONE_MEANINGS, type AloneMeaning } from '../../domain/settlement/settlement.ts'
import { decideMatch } from '../../pipeline/reconcile/decide.ts'
import { RESIDUALS, type MatchDecision, type Residual } from '../../pipeline/process/match-request.ts'
import { nightOf } from '../../pipeline/sync.ts'
import type { ExitName } from '../exit-codes.ts'
import { runDatabase } from '../open-book.ts'
import { askPerson, signed, type PersonOptions } from '../person.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { askedView, decidedLines, matchView, postedView } from '../views/reconcile.ts'
import { runEnvironment } from './sync.ts'

interface DecideOptions extends PersonOptions {
  readonly dryRun?: boolean
}

interface MatchOptions extends DecideOptions {
  readonly item: readonly number[]
  readonly difference: Residual
}

interface SettleOptions extends DecideOptions {
  readonly as: AloneMeaning | OfSource
  readonly of?: string
  readonly gross?: string
}

interface WriteOffOptions extends DecideOptions {
  readonly line?: number
  readonly item?: number
}

/** What is of a source. */
const OF_SOURCE = ['payout', 'top-up'] as const
type OfSource = (typeof OF_SOURCE)[number]

const MEANINGS = [...ALONE_MEANINGS, ...OF_SOURCE] as const

export const GROSS =
  'of a payout: what was paid out, before what was taken on the way; of a top-up: what came into the wallet'

const DIFFERENCES = `what a difference is: ${RESIDUALS.join(', ')} (open: it stays to be matched)`

export function registerReconcileDecisions(registry: Registry, reconcile: Command): void {
  const match = decision(reconcile.command('match').argument('<lines...>', 'numbers of statement lines'))
    .description('settle items by lines, whatever the amounts')
    .requiredOption('--item <numbers...>', 'the items they settle', collectNumbers)
    .option('--difference <what>', DIFFERENCES, differenceArgument, 'open')
  handle<MatchOptions>(registry, match, (session, { item, difference, dryRun = false, ...person }, args) => {
    const lines = args.map((text) => numberOf(text, 'line'))
    return showDecided(session, dryRun, {
      decide: 'match',
      lines,
      items: [...item],
      residual: difference,
      ...signed(person),
    })
  })
  const settle = decision(reconcile.command('settle').argument('<line>', 'the number of a statement line'))
    .description(
      'say what a line is that needs no other side, or that it is a payout nothing was due for, or a top-up nothing states',
    )
    .requiredOption('--as <meaning>', `one of ${MEANINGS.join(', ')}, or the code of a ledger account`, meaningArgument)
    .option('--of <source>', 'of a payout: the publisher that paid it; of a top-up: whose wallet it was')
    .option('--gross <amount>', GROSS, grossArgument)
  handle<SettleOptions>(registry, settle, (session, options, [line = '']) => runSettle(session, options, line))
  const ignore = decision(reconcile.command('ignore').argument('<line>', 'the number of a statement line')).description(
    'leave a line out of the books for good; unmatch takes it back',
  )
  handle<DecideOptions>(registry, ignore, (session, { dryRun = false, ...person }, [line = '']) =>
    showDecided(session, dryRun, { decide: 'ignore', line: numberOf(line, 'line'), ...signed(person) }),
  )
  const fee = decision(
    reconcile.command('fee').argument('<item>', 'the number of a payout that came short'),
  ).description('say that what is missing of a payout was taken on the way; unmatch of its line takes it back')
  handle<DecideOptions>(registry, fee, (session, { dryRun = false, ...person }, [item = '']) =>
    showDecided(session, dryRun, { decide: 'fee', item: numberOf(item, 'item'), ...signed(person) }),
  )
  const writeOff = decision(reconcile.command('write-off'))
    .description('give up what is left of a line or of an item')
    .option('--line <number>', 'a statement line nobody can explain', (text: string) => numberOf(text, 'line'))
    .option('--item <number>', 'an item that will not be paid', (text: string) => numberOf(text, 'item'))
  handle<WriteOffOptions>(registry, writeOff, runWriteOff)
  registerOfMatch(registry, reconcile)
}

/** The decisions about a match that is there. */
function registerOfMatch(registry: Registry, reconcile: Command): void {
  const about = {
    confirm: 'agree to a proposed match; it counts from then on',
    reject: 'refuse a proposed match; these lines and items are not proposed together again',
    unmatch: 'take a match back; its lines and items are never joined by a rule again',
  } as const
  for (const word of ['confirm', 'reject', 'unmatch'] as const) {
    const command = decision(reconcile.command(word).argument('<match>', 'the number of a match')).description(
      about[word],
    )
    handle<DecideOptions>(registry, command, (session, { dryRun = false, ...person }, [match = '']) =>
      showDecided(session, dryRun, { decide: word, match: numberOf(match, 'match'), ...signed(person) }),
    )
  }
}

async function runSettle(
  session: Session,
  { as, of, gross, dryRun = false, ...person }: SettleOptions,
  text: string,
): Promise<ExitName> {
  const line = numberOf(text, 'line')
  if (as.startsWith('account:')) requireAccount(session, as.slice('account:'.length))
  const word = signed(person)
  if (isOfSource(as)) {
    if (of !== undefined) return showDecided(session, dryRun, { decide: as, line, of, gross: gross ?? null, ...word })
  } else if (of === undefined && gross === undefined)
    return showDecided(session, dryRun, { decide: 'settle', line, meaning: as, ...word })
  throw new InputError(
    'PAYOUT_OF',
    'Only a payout or a top-up is of a source, and always of one.',
    'Write --as payout --of SOURCE, or --as top-up --of SOURCE, with --gross AMOUNT when something was taken on the way.',
  )
}

async function runWriteOff(
  session: Session,
  { line, item, dryRun = false, ...person }: WriteOffOptions,
): Promise<ExitName> {
  const word = signed(person)
  if (line !== undefined && item === undefined) {
    return showDecided(session, dryRun, { decide: 'settle', line, meaning: 'written-off', ...word })
  }
  if (item !== undefined && line === undefined) {
    const day = nightOf(session.clock.nowMs(), session.book().timeZone)
    return showDecided(session, dryRun, { decide: 'write-off', item, day, ...word })
  }
  throw new InputError(
    'WRITE_OFF_OF',
    'A write-off is of one line or of one item.',
    'Give --line NUMBER or --item NUMBER.',
  )
}

/** Throws InputError when the chart has no account of that code. */
export function requireAccount(session: Session, code: string): void {
  const { chart } = loadMappings(session.config().mappings)
  if (chart.accounts.has(code)) return
  const message = `There is no account ${code} in ${chart.file}.`
  throw new InputError('LEDGER_ACCOUNT_UNKNOWN', message, NO_SUCH_ACCOUNT)
}

export async function showDecided(session: Session, dryRun: boolean, decision: MatchDecision): Promise<ExitName> {
  return runDatabase(session, { dryRun, shownBy: 'tieout reconcile list' }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const request = { config: session.config(), book: session.book(), env: session.io.env }
    const decided = await decideMatch(environment, request, decision)
    const { posted, transactions, match, number, asked } = decided
    const document = {
      match: asked !== null ? null : Number(number),
      posted,
      transactions: transactions.map(postedView),
      isAsked: asked !== null,
      asked: asked === null ? null : askedView(asked),
      stands: match === null ? null : matchView(match),
    }
    session.show(document, () => [...decidedLines(decided), ...(dryRun ? ['Dry run: nothing was kept.'] : [])])
    return 'ok'
  })
}

function decision(command: Command): Command {
  return askPerson(command).option('--dry-run', 'show what would be booked, and keep nothing')
}

function numberOf(text: string, what: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new InputError(
    'RECONCILE_NUMBER',
    `"${text}" is not the number of a ${what}.`,
    'tieout reconcile list shows the numbers.',
  )
}

export function collectNumbers(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, numberOf(text, 'item')]
}

export function grossArgument(text: string): string {
  const parsed = parseMoney(text)
  // In one form, so that two people who type it otherwise say the same.
  if (parsed.ok && parsed.units > 0n) return formatMoney(parsed.units, 8)
  throw new InvalidArgumentError('Give an amount above zero, such as 420.82.')
}

export function differenceArgument(text: string): Residual {
  const found = RESIDUALS.find((each) => each === text)
  if (found !== undefined) return found
  throw new InvalidArgumentError(`Say one of ${RESIDUALS.join(', ')}.`)
}

function isOfSource(as: SettleOptions['as']): as is OfSource {
  return OF_SOURCE.some((each) => each === as)
}

function meaningArgument(text: string): SettleOptions['as'] {
  if (/^\d{4}$/.test(text)) return `account:${text}`
  const found = MEANINGS.find((each) => each === text)
  if (found !== undefined) return found
  throw new InvalidArgumentError(`Say one of ${MEANINGS.join(', ')}, or the code of a ledger account, such as 6110.`)
}
