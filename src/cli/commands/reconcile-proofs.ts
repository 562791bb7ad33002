/** `tieout reconcile proofs`: whether everything adds up. */
import { InvalidArgumentError, type Command } from 'commander'
import { loadMappings } from '../../config/mappings.ts'
import { isNone } from '../../domain/proofs/cash.ts'
import { isIsoDate } from '../../domain/time/dates.ts'
import { ageOpen } from '../../pipeline/proofs/aging.ts'
import { proveAll, type AllProofs } from '../../pipeline/proofs/prove.ts'
import { scopeOfBook, type ProofScope } from '../../pipeline/proofs/scope.ts'
import { nightOf } from '../../pipeline/sync.ts'
import { wholeNumberArgument } from '../arguments.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook, type OpenBook } from '../open-book.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { proofsView } from '../views/proofs-json.ts'
import { proofsText } from '../views/proofs.ts'

interface ProofsOptions {
  readonly month?: string
  readonly limit: number
}

const LIMIT = 20

export function registerReconcileProofs(registry: Registry, reconcile: Command): void {
  const proofs = reconcile
    .command('proofs')
    .description('the four proofs: roll-forward, three-way match, proof of cash by month, aging of what is open')
    .option('--month <month>', 'only this month of the proofs by month, as 2026-03', monthArgument)
    .option('--limit <number>', 'list at most so many differing orders and lines', wholeNumberArgument, LIMIT)
  handle<ProofsOptions>(registry, proofs, (session, options) =>
    readBook(session, (open) => showProofs(session, open, options)),
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

function scopeFor(session: Session, { kysely, book, config }: OpenBook): Promise<ProofScope> {
  return scopeOfBook(kysely, book, config, loadMappings(session.config().mappings).rules)
}

function monthArgument(text: string): string {
  if (/^\d{4}-\d{2}$/.test(text) && isIsoDate(`${text}-01`)) return text
  throw new InvalidArgumentError('Give a month, as 2026-03.')
}
