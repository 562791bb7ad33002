/** `tieout reconcile proofs`: whether everything adds up. */
import { InvalidArgumentError, type Command } from 'commander'
import { loadMappings } from '../../config/mappings.ts'
import type { Units } from '../../domain/money/money.ts'
import { isIsoDate } from '../../domain/time/dates.ts'
import { proveAll, type AllProofs } from '../../pipeline/proofs/prove.ts'
import { scopeOfBook, type ProofScope } from '../../pipeline/proofs/scope.ts'
import { wholeNumberArgument } from '../arguments.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook, type OpenBook } from '../open-book.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { proofsText, proofsView } from '../views/proofs.ts'

interface ProofsOptions {
  readonly month?: string
  readonly limit: number
}

const LIMIT = 20

export function registerReconcileProofs(registry: Registry, reconcile: Command): void {
  const proofs = reconcile
    .command('proofs')
    .description('the proofs: vendors, money accounts by month, and the accounts money passes through')
    .option('--month <month>', 'only this month of the money accounts, as 2026-03', monthArgument)
    .option('--limit <number>', 'list at most so many lines and entries of each month', wholeNumberArgument, LIMIT)
  handle<ProofsOptions>(registry, proofs, (session, options) =>
    readBook(session, (open) => showProofs(session, open, options)),
  )
}

async function showProofs(session: Session, open: OpenBook, { month, limit }: ProofsOptions): Promise<ExitName> {
  const proofs = await proveAll(await scopeFor(session, open), month)
  session.show(proofsView({ proofs, limit }), () => proofsText(session, { proofs, limit }))
  return differs(proofs) ? 'findings' : 'ok'
}

function differs({ vendors, clearing, cash }: AllProofs): boolean {
  const isOff = (difference: Units | null): boolean => difference !== null && difference !== 0n
  return (
    vendors.some(({ held, difference }) => held !== null || isOff(difference)) ||
    clearing.some(({ difference }) => isOff(difference)) ||
    cash.some(({ months }) => months.some(({ unexplained }) => isOff(unexplained)))
  )
}

function scopeFor(session: Session, { kysely, book, config }: OpenBook): Promise<ProofScope> {
  return scopeOfBook(kysely, book, config, loadMappings(session.config().mappings).rules)
}

function monthArgument(text: string): string {
  if (/^\d{4}-\d{2}$/.test(text) && isIsoDate(`${text}-01`)) return text
  throw new InvalidArgumentError('Give a month, as 2026-03.')
}
