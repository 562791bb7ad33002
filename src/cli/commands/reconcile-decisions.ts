/** `tieout reconcile match`: which lines settle which items, kept with who said it and why; and what every word about them shows. */
import { InvalidArgumentError, type Command } from 'commander'
import { loadMappings, NO_SUCH_ACCOUNT } from '../../config/mappings.ts'
import { InputError } from '../../domain/errors.ts'
import { formatMoney, parseMoney } from '../../domain/money/money.ts'
import { decideMatch } from '../../pipeline/reconcile/decide.ts'
import { RESIDUALS, type MatchDecision, type Residual } from '../../pipeline/process/match-request.ts'
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
