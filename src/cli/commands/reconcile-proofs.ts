/** `tieout reconcile proofs` and `explain`: whether everything adds up, and what makes the difference where it does not. */
import { InvalidArgumentError, type Command } from 'commander'
import { loadMappings } from '../../config/mappings.ts'
import { InputError } from '../../domain/errors.ts'
import { EXPLAIN_BOUND, type Explanation } from '../../domain/matching/explain.ts'
import { formatExact, parseMoney, type Units } from '../../domain/money/money.ts'
import { isNone } from '../../domain/proofs/cash.ts'
import { isIsoDate } from '../../domain/time/dates.ts'
import { ageOpen } from '../../pipeline/proofs/aging.ts'
import { explain, type Explained } from '../../pipeline/proofs/explain.ts'
import { proveAll, type AllProofs } from '../../pipeline/proofs/prove.ts'
import { scopeOfBook, type ProofScope } from '../../pipeline/proofs/scope.ts'
import { nightOf } from '../../pipeline/sync.ts'
import { atLeastOneArgument, dateArgument, wholeNumberArgument } from '../arguments.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook, type OpenBook } from '../open-book.ts'
import type { Column } from '../output.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { explainView, proofsView } from '../views/proofs-json.ts'
import { proofsText } from '../views/proofs.ts'

interface ProofsOptions {
  readonly month?: string
  readonly limit: number
}

interface ExplainOptions {
  readonly amount?: Units
  readonly currency?: string
  readonly maxItems: number
  readonly day?: string
  readonly days: number
}

const LIMIT = 20
const TIMING_DAYS = 3

export function registerReconcileProofs(registry: Registry, reconcile: Command): void {
  const proofs = reconcile
    .command('proofs')
    .description('the four proofs: roll-forward, three-way match, proof of cash by month, aging of what is open')
    .option('--month <month>', 'only this month of the proofs by month, as 2026-03', monthArgument)
    .option('--limit <number>', 'list at most so many differing orders and lines', wholeNumberArgument, LIMIT)
  handle<ProofsOptions>(registry, proofs, (session, options) =>
    readBook(session, (open) => showProofs(session, open, options)),
  )
  const why = reconcile
    .command('explain')
    .argument('<account>', 'an account a proof is about: 1310:netpanel, 1050:paypal, 1070, or the name of a source')
    .description('what sums of open things make a difference exactly, and how far was searched')
    .option('--amount <amount>', "this amount instead of the proof's difference", amountArgument)
    .option('--currency <code>', 'where an account has several')
    .option('--max-items <number>', 'sums of at most so many things', atLeastOneArgument, EXPLAIN_BOUND.maxItems)
    .option('--day <date>', 'the cut it was taken at; default: the last night', dateArgument)
    .option('--days <number>', 'transactions so near to it count as timing', wholeNumberArgument, TIMING_DAYS)
  handle<ExplainOptions>(registry, why, (session, options, [account = '']) =>
    readBook(session, (open) => showExplained(session, open, account, options)),
  )
}

async function showProofs(session: Session, open: OpenBook, { month, limit }: ProofsOptions): Promise<ExitName> {
  const scope = await scopeFor(session, open)
  const proofs = await proveAll(scope, month === undefined ? {} : { month })
  const nowMs = session.clock.nowMs()
  const at = { day: nightOf(nowMs, open.config.timeZone), nowMs }
  const shown = { proofs, aging: await ageOpen(scope, open.config.exceptions, at), limit }
  session.show(proofsView(shown), () => proofsText(session, shown))
  return differs(proofs) ? 'findings' : 'ok'
}

function differs({ vendors, orders, clearing, conversion, payouts, cash }: AllProofs): boolean {
  const sums = [...vendors, ...clearing, ...(conversion?.currencies ?? []), ...payouts.sums]
  return (
    vendors.some(({ held }) => held !== null) ||
    sums.some(({ difference }) => difference !== null && difference !== 0n) ||
    orders.some(({ found }) => found > 0) ||
    cash.some(({ months }) => months.some(({ unexplained }) => unexplained !== null && !isNone(unexplained)))
  )
}

async function showExplained(
  session: Session,
  open: OpenBook,
  account: string,
  { day = nightOf(session.clock.nowMs(), open.config.timeZone), ...options }: ExplainOptions,
): Promise<ExitName> {
  const explained = await explain(await scopeFor(session, open), { account, day, ...options })
  if (explained === null) {
    const message = `Nothing but the books says what ${account} holds, so there is no difference to explain.`
    const hint = 'Import a statement with balances, run a sync, or give --amount.'
    throw new InputError('NO_DIFFERENCE_KNOWN', message, hint)
  }
  session.show(explainView(explained), () => explainLines(session, explained))
  return explained.explanation === null || explained.explanation.kind === 'one' ? 'ok' : 'findings'
}

const SUSPECT_COLUMNS: readonly Column[] = [
  { title: 'Sum', align: 'right' },
  { title: 'Kind' },
  { title: 'What' },
  { title: 'Amount', align: 'right' },
  { title: 'See' },
]

function explainLines(
  session: Session,
  { subject, amount, explanation, text, isRounding, sums, kinds }: Explained,
): readonly string[] {
  const { account, currency, basis } = subject
  const looked = Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`)
  return [
    `${account}: ${formatExact(amount)} ${currency} (${basis})`,
    `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`,
    ...(looked.length === 0 ? [] : [`Candidates: ${looked.join(', ')}.`]),
    ...(isRounding ? ['It is less than one minor unit of the currency: a rounding, if nothing else explains it.'] : []),
    ...(sums.length === 0
      ? []
      : [
          '',
          ...session.table(
            SUSPECT_COLUMNS,
            sums.flatMap((each, index) =>
              each.map(({ kind, what, amount: part, show }) => [
                String(index + 1),
                kind,
                what,
                formatExact(part),
                show ?? '',
              ]),
            ),
          ),
          ...notShown(explanation, sums.length),
        ]),
  ]
}

function notShown(explanation: Explanation | null, shown: number): readonly string[] {
  if (explanation?.kind !== 'several' || explanation.count <= shown) return []
  return [`${shown} of ${explanation.counted ? '' : 'at least '}${explanation.count.toLocaleString('en')} shown.`]
}

function scopeFor(session: Session, { kysely, book, config }: OpenBook): Promise<ProofScope> {
  return scopeOfBook(kysely, book, config, loadMappings(session.config().mappings).rules)
}

function monthArgument(text: string): string {
  if (/^\d{4}-\d{2}$/.test(text) && isIsoDate(`${text}-01`)) return text
  throw new InvalidArgumentError('Give a month, as 2026-03.')
}

function amountArgument(text: string): Units {
  const parsed = parseMoney(text)
  if (parsed.ok) return parsed.units
  throw new InvalidArgumentError('Give an amount, as 12.50 or -0.01.')
}
