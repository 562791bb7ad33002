/**
 * The proofs that follow a reconciliation, from the database alone: what does not add up becomes an exception, and closes
 * by itself once it does. They have a batch of their own, since what a reconciliation posts is in the ledger only after it.
 */
import { sql } from 'kysely'
import * as z from 'zod'
import { abs, formatExact, formatMoney, type Units } from '../../domain/money/money.ts'
import type { ExceptionCode, RaisedException } from '../../domain/exception.ts'
import { isIsoDate } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { raiseExceptions } from '../../reconcile/exceptions/raise.ts'
import type { ClearingProof } from '../proofs/clearing.ts'
import type { ConversionSums } from '../proofs/conversion.ts'
import { findMoney, keepNight, type MoneyFindings } from '../proofs/night.ts'
import { scopeOfBatch, type ProofScope } from '../proofs/scope.ts'
import { proveOrders, type OrderDifference, type ThreeWayProof } from '../proofs/three-way.ts'
import { evidenceOf, type BatchContext } from './context.ts'
import { parseBody } from './requests.ts'
import { settleCodes } from './settle-codes.ts'

const proofsSchema = z.strictObject({ day: z.string().refine(isIsoDate) })
export type ProofsRequest = z.infer<typeof proofsSchema>

const OWN: readonly ExceptionCode[] = ['STATEMENT_DIFFERS', 'WALLET_DIFFERS']
/** Others say these codes of statements, lines and wallets. */
const OWN_OBJECTS = /^(?:cash|account|three-way)(?::|$)/

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
    ...orders.flatMap(ordersDiffer),
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
  return {
    source: account.name,
    code: 'STATEMENT_DIFFERS',
    object: `cash:${name}:${currency}`,
    amount,
    currency,
    detail,
  }
}

function clearingDifference({ account, source, currency, ledger, difference }: ClearingProof): RaisedException {
  const detail =
    `${account} holds ${formatExact(ledger)} ${currency}, and what is open on it comes to ${formatExact(ledger - difference)}; ` +
    `tieout ledger register ${account}`
  const object = `account:${account}:${currency}`
  return { source, code: 'STATEMENT_DIFFERS', object, amount: difference, currency, detail }
}

function conversionDifferences({ account, currencies }: ConversionSums): readonly RaisedException[] {
  return currencies.flatMap(({ currency, ledger, matches, difference }) => {
    if (difference === 0n) return []
    const detail = `${account} holds ${formatExact(ledger)} ${currency}, and the matches in force post ${formatExact(matches)}`
    const object = `account:${account}:${currency}`
    return [{ source: '', code: 'STATEMENT_DIFFERS' as const, object, amount: difference, currency, detail }]
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

/** One for each order with what every side has of it; what is beyond the list of the proof is one more, in sum. */
function ordersDiffer({ source, currency, differences, found }: ThreeWayProof): readonly RaisedException[] {
  const byOrder = Map.groupBy(differences, ({ order }) => order)
  const each = [...byOrder].map(([order, of]): RaisedException => {
    const amount = of.map(({ difference }) => difference).reduce((most, next) => (abs(next) > abs(most) ? next : most))
    const detail = `order ${order}: ${sidesText(of)} (${currency}); tieout trace ${source}:${order}`
    return { source, code: 'WALLET_DIFFERS', object: `${THREE_WAY}:${order}`, amount, currency, detail }
  })
  const more = found - differences.length
  if (more === 0) return each
  const detail = `${more} more differences between registry, panel and wallet log than the ${differences.length} that are listed; tieout reconcile proofs`
  return [...each, { source, code: 'WALLET_DIFFERS', object: THREE_WAY, amount: null, currency, detail }]
}

const THREE_WAY = 'three-way'

/** "4.20 in the imported history, 4.70 by the panel, 4.70 in the wallet log" */
function sidesText([first]: readonly OrderDifference[]): string {
  if (first === undefined) return ''
  const { ordered, vendor, wallet } = first.sides
  const registry =
    ordered === null ? 'no price in the registry' : `${formatMoney(ordered.amount)} in the ${ordered.from}`
  const log = wallet === null ? 'not in the wallet log' : `${walletText(wallet)} in the wallet log`
  if (vendor === null) return `${registry}, ${log}, no answer of the panel yet`
  return `${registry}, ${vendor === 'unknown' ? 'not known to the panel' : `${vendorText(vendor)} by the panel`}, ${log}`
}

function vendorText({ full, net }: { readonly full: Units; readonly net: Units }): string {
  return full === net ? formatMoney(full) : `${formatMoney(full)} less ${formatMoney(full - net)} refunded`
}

function walletText({ charged, net }: { readonly charged: Units; readonly net: Units }): string {
  return charged === net ? formatMoney(net) : `${formatMoney(charged)} less ${formatMoney(charged - net)} refunded`
}

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
    if (!OWN_OBJECTS.test(object) || keys.has(JSON.stringify([source, code, object]))) continue
    await settleCodes(
      context,
      item,
      source,
      object,
      OWN.filter((each) => each === code),
    )
  }
}
