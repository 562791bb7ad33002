/**
 * The proofs that follow a reconciliation, from the database alone: what does not add up becomes an exception, and closes
 * by itself once it does. They have a batch of their own, since what a reconciliation posts is in the ledger only after it.
 */
import { sql } from 'kysely'
import * as z from 'zod'
import { formatExact } from '../../domain/money/money.ts'
import type { ExceptionCode, RaisedException } from '../../domain/exception.ts'
import { isIsoDate } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { raiseExceptions } from '../../reconcile/exceptions/raise.ts'
import type { ClearingProof } from '../proofs/clearing.ts'
import type { ConversionSums } from '../proofs/conversion.ts'
import { findMoney, keepNight, type MoneyFindings } from '../proofs/night.ts'
import { scopeOfBatch, type ProofScope } from '../proofs/scope.ts'
import { proveOrders, type ThreeWayProof } from '../proofs/three-way.ts'
import { evidenceOf, type BatchContext } from './context.ts'
import { parseBody } from './requests.ts'
import { settleCodes } from './settle-codes.ts'

const proofsSchema = z.strictObject({ day: z.string().refine(isIsoDate) })
export type ProofsRequest = z.infer<typeof proofsSchema>

const OWN: readonly ExceptionCode[] = ['PROOF_OF_CASH', 'CLEARING_DIFFERS', 'ORDERS_DIFFER']

export async function processProofs(context: BatchContext, item: Landed): Promise<readonly TransactionDraft[]> {
  const { day } = parseBody(proofsSchema, item)
  const scope = scopeOfBatch(context)
  const { counts, cash, clearing, conversion } = await findMoney(scope)
  await keepNight(scope, evidenceOf(item), day, counts)
  const orders = await orderProofs(scope)
  const wanted = [
    ...cash.map(cashDifference),
    ...clearing.map(clearingDifference),
    ...(conversion === null ? [] : conversionDifferences(conversion)),
    ...orders.filter(({ found }) => found > 0).map(ordersDiffer),
  ]
  const proofs = counts.cash + counts.clearing + orders.length
  context.tally.add('excepted', '', null, wanted.length)
  context.tally.add('unchanged', '', null, proofs - wanted.length)
  await closeOthers(context, item, wanted)
  await raiseExceptions(context.db, context.book, wanted, evidenceOf(item), item.fetchedAtMs)
  return []
}

/** What was wrong before is carried on from month to month, and said only where it began. */
function cashDifference({ account, currency, month }: MoneyFindings['cash'][number]): RaisedException {
  const { month: name, opening, closing, carried } = month
  const said = [
    ['opening', opening ?? 0n],
    ['closing', closing ?? 0n],
  ] as const
  const detail =
    `the statement and the books of ${name} differ, unexplained: ` +
    `${said.flatMap(([column, units]) => (units === 0n ? [] : [`${column} ${formatExact(units)}`])).join(', ')} ${currency}; ` +
    `tieout reconcile proofs --month ${name}`
  const amount = (closing ?? 0n) - carried
  return { source: account.name, code: 'PROOF_OF_CASH', object: `cash:${name}:${currency}`, amount, currency, detail }
}

function clearingDifference({ account, source, currency, ledger, difference }: ClearingProof): RaisedException {
  const detail =
    `${account} holds ${formatExact(ledger)} ${currency}, and what is open on it comes to ${formatExact(ledger - difference)}; ` +
    `tieout reconcile explain ${account}`
  const object = `account:${account}:${currency}`
  return { source, code: 'CLEARING_DIFFERS', object, amount: difference, currency, detail }
}

function conversionDifferences({ account, currencies }: ConversionSums): readonly RaisedException[] {
  return currencies.flatMap(({ currency, ledger, matches, difference }) => {
    if (difference === 0n) return []
    const detail = `${account} holds ${formatExact(ledger)} ${currency}, and the matches in force post ${formatExact(matches)}`
    const object = `account:${account}:${currency}`
    return [{ source: '', code: 'CLEARING_DIFFERS' as const, object, amount: difference, currency, detail }]
  })
}

/** Only of panels whose log was imported: without one, the roll-forward proves the wallet. */
async function orderProofs(scope: ProofScope): Promise<readonly ThreeWayProof[]> {
  const proofs: ThreeWayProof[] = []
  for (const source of scope.sources) {
    if (source.kind !== 'panel' || !(await hasLog(scope, source.id))) continue
    proofs.push(await proveOrders(scope, source))
  }
  return proofs
}

function ordersDiffer({ source, currency, differences, found }: ThreeWayProof): RaisedException {
  const named = differences.slice(0, NAMED).map(({ order, difference }) => `${order} (${formatExact(difference)})`)
  const more = found > named.length ? ` and ${found - named.length} more` : ''
  const detail = `registry, panel and wallet log disagree about ${named.join(', ')}${more}; tieout reconcile proofs lists them`
  const amount = differences.reduce((sum, { difference }) => sum + difference, 0n)
  return { source, code: 'ORDERS_DIFFER', object: 'three-way', amount, currency, detail }
}

const NAMED = 5

async function hasLog({ db, book }: ProofScope, source: bigint): Promise<boolean> {
  const row = await db
    .selectFrom('statement_file')
    .select('batch')
    .where('book', '=', book)
    .where('account', '=', source)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

async function closeOthers(context: BatchContext, item: Landed, wanted: readonly RaisedException[]): Promise<void> {
  const keys = new Set(wanted.map(({ source, code, object }) => JSON.stringify([source, code, object])))
  const rows = await context.db
    .selectFrom('exception')
    .select(['source', 'code', 'object'])
    .where('book', '=', context.book)
    // Written out, or SQLite could not tell that the index of open ones answers it.
    .where('status', '=', sql.lit('open'))
    .where('code', 'in', [...OWN])
    .orderBy('source')
    .orderBy('code')
    .orderBy('object')
    .execute()
  for (const { source, code, object } of rows) {
    if (keys.has(JSON.stringify([source, code, object]))) continue
    await settleCodes(
      context,
      item,
      source,
      object,
      OWN.filter((each) => each === code),
    )
  }
}
