/**
 * What a run proves of its own money by itself, at a cost that follows what changed, and what a night says of it in one
 * line. The proofs with everything they rest on are prove.ts, for a person.
 */
import { closeCash, readMonths, type ReadUntil, type UnexplainedMonth } from './cash-months.ts'
import { openingBooked, type ProvenCash } from './cash.ts'
import { proveClearing, type ClearingProof } from './clearing.ts'
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
  readonly cash: readonly (ProvenCash & UnexplainedMonth)[]
  /** Those that differ. */
  readonly clearing: readonly ClearingProof[]
}

/** Brings the kept months up to date first. */
export async function findMoney(scope: ProofScope): Promise<MoneyFindings> {
  const cash: (ProvenCash & UnexplainedMonth)[] = []
  const counts = { cash: 0, cashDiffering: 0, cashUnproven: 0 }
  for (const proven of await closeCash(scope, await readUntil(scope))) {
    const booked = await openingBooked(scope, proven.account, proven.currency)
    const months = await readMonths(scope, proven, booked)
    counts.cash += months.counts.months
    counts.cashDiffering += months.counts.differing
    counts.cashUnproven += months.counts.unproven
    cash.push(...months.changed.map((month) => ({ ...proven, ...month })))
  }
  const proofs = await proveClearing(scope)
  const clearing = proofs.filter(({ difference }) => difference !== 0n)
  return { counts: { ...counts, clearing: proofs.length, clearingDiffering: clearing.length }, cash, clearing }
}

/** By the last run of the proofs. */
async function readUntil({ db, book }: ProofScope): Promise<ReadUntil> {
  const row = await newestRun(db, book)
  return { line: row?.line ?? 0n, batch: row?.batch ?? 0n }
}

export async function keepNight(
  { db, book }: ProofScope,
  { batch, item }: Evidence,
  day: IsoDate,
  counts: NightProofs,
): Promise<void> {
  const newest = await db
    .selectFrom('statement_line')
    .select('id')
    .where('book', '=', book)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  await db
    .insertInto('proof_run')
    .values({
      book,
      batch: BigInt(batch),
      item: BigInt(item),
      day,
      line: newest?.id ?? 0n,
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
  const row = await newestRun(db, book)
  if (row === undefined) return null
  return {
    cash: Number(row.cash),
    cashDiffering: Number(row.cash_differing),
    cashUnproven: Number(row.cash_unproven),
    clearing: Number(row.clearing),
    clearingDiffering: Number(row.clearing_differing),
  }
}

function newestRun(db: ProofScope['db'], book: bigint) {
  return db
    .selectFrom('proof_run')
    .selectAll()
    .where('book', '=', book)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
}
