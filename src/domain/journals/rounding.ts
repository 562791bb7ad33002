/**
 * Cent rounding without drift and without a rounding account. Exact totals per account go in, whole minor units that
 * still sum to zero come out, and no account is ever a whole minor unit away from its exact total. A journal's lines
 * are the rounded totals now minus the rounded totals before, so whatever was cut off is delivered later, not lost.
 */
import { InvariantError } from '../errors.ts'
import { floorDivide, type Units } from '../money/money.ts'
import type { AccountKey } from '../transaction.ts'

/** Everything journals have said about one account so far. `rounded` is a multiple of the minor unit. */
export interface RunningTotal {
  readonly exact: Units
  readonly rounded: Units
}

export interface RoundedLine {
  readonly account: AccountKey
  /** The exact change; zero only for an account that had to move because the touched ones could not absorb it all. */
  readonly exact: Units
  /** The change in whole minor units, which may be zero. */
  readonly rounded: Units
}

interface Candidate {
  readonly account: AccountKey
  readonly change: Units
  readonly before: Units
  /** Largest multiple of the minor unit at or below the exact total. */
  readonly floor: Units
  /** What the exact total has above `floor`: 0 ≤ remainder < unit. */
  readonly remainder: Units
}

/**
 * Rounds one journal. `before` holds the running totals of the currency, whose rounded totals sum to zero; `changes` the
 * journal's exact amounts, which sum to zero. Only touched accounts move when that suffices; otherwise as few others as
 * possible. Largest remainder first, ties by account key. Lines come back in account order.
 */
export function roundJournal(
  unit: Units,
  before: ReadonlyMap<AccountKey, RunningTotal>,
  changes: ReadonlyMap<AccountKey, Units>,
): readonly RoundedLine[] {
  const touched = [...changes]
    .filter(([, change]) => change !== 0n)
    .map(([account, change]) => candidate(unit, account, before.get(account), change))
  const sum = touched.reduce((total, each) => total + each.change, 0n)
  if (sum !== 0n)
    throw new InvariantError(
      'JOURNAL_UNBALANCED',
      `A journal's exact lines must sum to zero; these sum to ${sum} units.`,
    )

  const byRemainder = touched.filter((each) => each.remainder > 0n).toSorted(largestRemainderFirst)
  // The others keep their rounded totals, so the touched ones together must keep theirs.
  const target = touched.reduce((total, each) => total + each.before, 0n)
  const floors = touched.reduce((total, each) => total + each.floor, 0n)
  const roundedUp = (target - floors) / unit
  const up = new Set(byRemainder.slice(0, Math.max(0, Number(roundedUp))).map((each) => each.account))
  const lines = touched.map((each) => toLine(each, up.has(each.account) ? each.floor + unit : each.floor))
  const missing = roundedUp < 0n ? roundedUp : roundedUp - BigInt(up.size)
  return [...lines, ...moveOthers(unit, before, changes, missing)].toSorted((a, b) => compareKeys(a.account, b.account))
}

/** The untouched accounts that must move by one minor unit each: up when `count` is positive, down when negative. */
function moveOthers(
  unit: Units,
  before: ReadonlyMap<AccountKey, RunningTotal>,
  changes: ReadonlyMap<AccountKey, Units>,
  count: bigint,
): readonly RoundedLine[] {
  if (count === 0n) return []
  const rising = count > 0n
  const movable = [...before]
    .filter(([account]) => (changes.get(account) ?? 0n) === 0n)
    .map(([account, total]) => candidate(unit, account, total, 0n))
    .filter((each) => each.remainder > 0n && (each.before === each.floor) === rising)
    .toSorted(largestRemainderFirst)
  const moved = rising ? movable.slice(0, Number(count)) : movable.slice(Number(count))
  if (BigInt(moved.length) !== (rising ? count : -count)) {
    const message = 'The rounded totals before this journal do not sum to zero, or one is a whole minor unit away.'
    throw new InvariantError('JOURNAL_TOTALS_BROKEN', message, 'Run the journal proof to find the account.')
  }
  return moved.map((each) => toLine(each, rising ? each.floor + unit : each.floor))
}

function candidate(unit: Units, account: AccountKey, total: RunningTotal | undefined, change: Units): Candidate {
  const exact = (total?.exact ?? 0n) + change
  const floor = floorDivide(exact, unit) * unit
  return { account, change, before: total?.rounded ?? 0n, floor, remainder: exact - floor }
}

function toLine(each: Candidate, roundedTotal: Units): RoundedLine {
  return { account: each.account, exact: each.change, rounded: roundedTotal - each.before }
}

function largestRemainderFirst(a: Candidate, b: Candidate): number {
  if (a.remainder !== b.remainder) return a.remainder > b.remainder ? -1 : 1
  return compareKeys(a.account, b.account)
}

/** Code-unit order: the same on every machine, whatever its locale. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** The running totals after a journal's lines. A new map: a held journal must leave the old one as it was. */
export function carryForward(
  before: ReadonlyMap<AccountKey, RunningTotal>,
  lines: readonly RoundedLine[],
): ReadonlyMap<AccountKey, RunningTotal> {
  const after = new Map(before)
  for (const line of lines) {
    const total = after.get(line.account) ?? { exact: 0n, rounded: 0n }
    after.set(line.account, { exact: total.exact + line.exact, rounded: total.rounded + line.rounded })
  }
  return after
}
