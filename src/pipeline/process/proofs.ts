/**
 * The proofs that follow a reconciliation, from the database alone: what does not add up becomes an exception, and closes
 * by itself once it does. They have a batch of their own, since what a reconciliation posts is in the ledger only after it.
 */
import * as z from 'zod'
import { formatExact } from '../../domain/money/money.ts'
import { isIsoDate } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import type { PlacedException } from '../../reconcile/exceptions/raise.ts'
import { judgeAll } from '../engine/items.ts'
import type { ClearingProof } from '../proofs/clearing.ts'
import { findMoney, keepNight, type MoneyFindings } from '../proofs/night.ts'
import { scopeOfBatch } from '../proofs/scope.ts'
import { evidenceOf, type BatchContext } from './context.ts'
import { parseBody } from './requests.ts'

const proofsSchema = z.strictObject({ day: z.string().refine(isIsoDate) })
export type ProofsRequest = z.infer<typeof proofsSchema>

const CODE = 'STATEMENT_DIFFERS'
/** Others say the code of statements and lines. */
const OWN_OBJECTS = /^(?:cash|account):/

export async function processProofs(context: BatchContext, item: Landed): Promise<readonly TransactionDraft[]> {
  const { day } = parseBody(proofsSchema, item)
  const proven = scopeOfBatch(context)
  const { counts, cash, clearing } = await findMoney(proven)
  await keepNight(proven, evidenceOf(item), day, counts)
  const wanted = [...cash.map(cashDifference), ...clearing.map(clearingDifference)]
  context.tally.add('excepted', '', null, wanted.length)
  context.tally.add('unchanged', '', null, counts.cash + counts.clearing - wanted.length)
  const scope = { codes: [CODE], about: (object: string) => OWN_OBJECTS.test(object) } as const
  await judgeAll(context, item, context.sourceIds.keys(), scope, wanted)
  return []
}

/** What was wrong before is carried on from month to month, and said only where it began. */
function cashDifference({
  account,
  currency,
  month,
  unexplained,
  before,
}: MoneyFindings['cash'][number]): PlacedException {
  const detail =
    `the statement and the books differ at the end of ${month}, unexplained: ${formatExact(unexplained)} ${currency}` +
    `${before === 0n ? '' : `, before it ${formatExact(before)}`}; tieout reconcile proofs --month ${month}`
  const object = `cash:${month}:${currency}`
  return { source: account.name, code: CODE, object, amount: unexplained - before, currency, detail }
}

function clearingDifference({ account, source, currency, ledger, difference }: ClearingProof): PlacedException {
  const detail =
    `${account} holds ${formatExact(ledger)} ${currency}, and what is open on it comes to ${formatExact(ledger - difference)}; ` +
    `tieout ledger register ${account}`
  const object = `account:${account}:${currency}`
  return { source, code: CODE, object, amount: difference, currency, detail }
}
