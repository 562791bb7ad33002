/**
 * What a run proves of its own money by itself, at a cost that follows what changed, and what a night says of it in one
 * line. The proofs with everything they rest on are prove.ts, for a person.
 */
import { closeCash, type ProvenCash } from './cash-closings.ts'
import { proveClearing, type ClearingProof } from './clearing.ts'
import { proveConversionSums, type ConversionSums } from './conversion.ts'
import { countMonths, keptNews } from './kept-closings.ts'
import type { CashClosing } from '../../domain/proofs/closings.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'
import type { ProofScope } from './scope.ts'

export interface NightProofs {
  /** Months of money accounts. */
  readonly cash: number
  /** Of these, with something unexplained. */
  readonly cashDiffering: number
  /** Without any balance of a statement to prove them by. */
  readonly cashUnproven: number
  readonly clearing: number
  readonly clearingDiffering: number
}

export interface MoneyFindings {
  readonly counts: NightProofs
  /** Months in which something unexplained begins, ends or changes. */
  readonly cash: readonly (ProvenCash & { readonly month: CashClosing })[]
  /** Those that differ, as the next. */
  readonly clearing: readonly ClearingProof[]
  readonly conversion: ConversionSums | null
}

/** Brings the kept months up to date first. */
export async function findMoney(scope: ProofScope): Promise<MoneyFindings> {
  const months: (ProvenCash & { readonly month: CashClosing })[] = []
  const cash = { cash: 0, cashDiffering: 0, cashUnproven: 0 }
  for (const proven of await closeCash(scope)) {
    const place = { account: proven.account.id, currency: proven.currency }
    const counted = await countMonths(scope, place)
    cash.cash += counted.months
    cash.cashDiffering += counted.differing
    cash.cashUnproven += counted.unproven
    for (const month of await keptNews(scope, place)) months.push({ ...proven, month })
  }
  const clearing = await proveClearing(scope)
  const conversion = await proveConversionSums(scope)
  const passing = [...clearing, ...(conversion?.currencies ?? [])]
  const differing = passing.filter(({ difference }) => difference !== 0n)
  const counts = { ...cash, clearing: passing.length, clearingDiffering: differing.length }
  return { counts, cash: months, clearing: clearing.filter(({ difference }) => difference !== 0n), conversion }
}

export async function keepNight(
  { db, book }: ProofScope,
  { batch, item }: Evidence,
  day: IsoDate,
  counts: NightProofs,
): Promise<void> {
  await db
    .insertInto('proof_run')
    .values({
      book,
      batch: BigInt(batch),
      item: BigInt(item),
      day,
      cash: BigInt(counts.cash),
      cash_differing: BigInt(counts.cashDiffering),
      cash_unproven: BigInt(counts.cashUnproven),
      clearing: BigInt(counts.clearing),
      clearing_differing: BigInt(counts.clearingDiffering),
    })
    .execute()
}

/** As the newest run found it; null before the first one. */
export async function nightProofs({ db, book }: Pick<ProofScope, 'db' | 'book'>): Promise<NightProofs | null> {
  const row = await db
    .selectFrom('proof_run')
    .selectAll()
    .where('book', '=', book)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    cash: Number(row.cash),
    cashDiffering: Number(row.cash_differing),
    cashUnproven: Number(row.cash_unproven),
    clearing: Number(row.clearing),
    clearingDiffering: Number(row.clearing_differing),
  }
}
