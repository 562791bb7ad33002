/** Order charges as a panel gives them, in order or shuffled, in batches as the pipeline commits them. */
import type { TransactionDraft } from '../src/domain/transaction.ts'

export const BATCH = 5_000
const DAYS = Array.from({ length: 28 }, (_, day) => `2026-02-${String(day + 1).padStart(2, '0')}`)

export type Arrival = 'in order' | 'random order'

export function* draftBatches(count: number, arrival: Arrival): Generator<readonly TransactionDraft[]> {
  const order = arrival === 'in order' ? null : shuffledNumbers(count)
  for (let start = 0; start < count; start += BATCH) {
    const size = Math.min(BATCH, count - start)
    yield Array.from({ length: size }, (_, index) => {
      const place = start + index
      return charge(order === null ? place : (order[place] ?? 0), Math.floor((place / count) * DAYS.length))
    })
  }
}

function charge(order: number, day: number): TransactionDraft {
  const amount = BigInt(1_000_000 + ((order * 7_919) % 900_000_000))
  return {
    source: 'netpanel',
    object: `order:${10_000_000 + order}`,
    kind: 'charge',
    version: 1,
    currency: 'USD',
    amount,
    cumulative: amount,
    effectiveDate: DAYS[day] ?? '2026-02-28',
    rule: 'order-charge',
    memo: 'charged by the panel',
    evidence: { batch: Math.floor(order / 100) + 1, item: 1 },
    postings: [
      { account: '5100', amount },
      { account: '1310:netpanel', amount: -amount },
    ],
  }
}

/** A fixed permutation (Fisher-Yates over a small generator), so that every run measures the same order. */
function shuffledNumbers(count: number): Uint32Array {
  const numbers = Uint32Array.from({ length: count }, (_, index) => index)
  let state = 0x9e3779b9
  for (let index = count - 1; index > 0; index -= 1) {
    state = Math.imul(state ^ (state >>> 15), 0x85ebca6b) + 0x6d2b79f5
    const other = (state >>> 0) % (index + 1)
    const held = numbers[index] ?? 0
    numbers[index] = numbers[other] ?? 0
    numbers[other] = held
  }
  return numbers
}
