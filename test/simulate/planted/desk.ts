/** Bugs about what a bookkeeper's desk sees: returns, write-offs, wallets, processors, currencies, clocks, a month's end. */
import type { Planted } from './planted.ts'

export const OF_THE_DESK: readonly Planted[] = [
  {
    name: 'wallet-refund-expected-going-out',
    kind: 'sign',
    file: 'pipeline/process/open-items.ts',
    find: "'wallet-refund': { kind: 'wallet-refund', sign: 1n },",
    instead: "'wallet-refund': { kind: 'wallet-refund', sign: -1n },",
  },
  {
    name: 'allowance-of-the-month-before',
    kind: 'date',
    file: 'domain/payouts/allowance.ts',
    find: "return next.endsWith('-01') ? day : ",
    instead: 'return ',
  },
  {
    name: 'allowance-cut-off',
    kind: 'rounding',
    file: 'domain/payouts/allowance.ts',
    find: 'divideHalfUp(earned * BigInt(basisPoints), 10_000n * minor) * minor',
    instead: '((earned * BigInt(basisPoints)) / 10_000n) * 1n',
  },
  {
    name: 'reading-before-the-last-one-booked',
    kind: 'held state',
    file: 'domain/counters/counter.ts',
    find: 'if (next.atMs < previous.atMs - STEP_BACK_MS)',
    instead: 'if (next.atMs < previous.atMs - 99 * 86_400_000)',
  },
  {
    name: 'years-away-not-asked-about',
    kind: 'held state',
    file: 'domain/counters/counter.ts',
    find: 'if (days > clockDays) return',
    instead: 'if (days > clockDays * 9) return',
  },
  {
    name: 'return-that-is-none-stays-owed',
    kind: 'look-up',
    file: 'pipeline/process/withdraw-return.ts',
    find: 'if (amount <= 0n) continue',
    instead: 'if (amount >= 0n) continue',
  },
  {
    name: 'conversions-never-far-enough-apart',
    kind: 'held state',
    file: 'pipeline/process/conversion-day.ts',
    find: 'abs(difference) > unitsOf(tolerance)',
    instead: 'difference > unitsOf(tolerance)',
  },
  {
    name: 'worth-of-the-wrong-way-round',
    kind: 'rounding',
    file: 'domain/settlement/convert.ts',
    find: 'divideHalfEven(amount * found.scaled, 10n ** BigInt(found.decimals))',
    instead: 'divideHalfEven(amount * 10n ** BigInt(found.decimals), found.scaled)',
  },
  {
    name: 'order-differences-of-the-first-alone',
    kind: 'look-up',
    file: 'pipeline/process/proofs.ts',
    find: "if (source.kind !== 'panel' || !(await hasLog(scope, source.id))) continue",
    instead: "if (source.kind !== 'panel' || (await hasLog(scope, source.id))) continue",
  },
  {
    name: 'day-total-before-the-counter-twice',
    kind: 'look-up',
    file: 'pipeline/process/evidence-rows.ts',
    find: 'accounted: last.accounted + moved',
    instead: 'accounted: last.accounted',
  },
]
