/**
 * W1 to W5 and T1: the nights of one panel's wallet, worked out anew through its last look with what is known now. What the
 * wallet gained beyond its charges and stated movements pays what the panel owes; the rest is a difference for a person.
 * At each look: opening − charges + stated + paid + rounding + rest = the wallet's lowest reading.
 */
import { abs, type Units } from '../../domain/money/money.ts'
import { limitClaims } from './o7-held-claims.ts'
import { nightsBefore } from './nights.ts'
import { LATE_CREDIT_DAYS, overdueForLong, overdueOf, tellsLateCredits } from './w5-overdue.ts'

/** Claims of one night (O3): what orders newly claim, less what reopened ones take back. */
export interface NightClaims {
  readonly amount: Units
  readonly count: number
  /** Of orders that were first seen finished: those placed by an earlier look may have been paid since then. */
  readonly late: readonly LateClaim[]
}

export interface LateClaim {
  /** Index of the first look at or after the order was placed. */
  readonly since: number
  readonly amount: Units
  readonly count: number
}

/** W1: a night that read the wallet, and what the books say of the time since the look before it. */
export interface WalletLook {
  readonly atMs: number
  /** The lowest reading of the look. */
  readonly balance: Units
  /** What the wallet moved by while its orders were asked about; 0 when it stood still. */
  readonly width: Units
  /** One unit of the last decimal the panel shows. */
  readonly unit: Units
  /** Costs of the orders placed since the look before (O1). */
  readonly charges: Units
  readonly claims: NightClaims
}

/** T1: money stated for the wallet, such as a top-up (positive) or a refund to the bank (negative). */
export interface StatedMovement {
  readonly key: string
  readonly amount: Units
  /** Start of its day. */
  readonly atMs: number
}

/** A person's word: what a difference was, or that claims will not be paid. */
export interface WalletDecision {
  readonly key: string
  readonly kind: 'difference' | 'claims'
  /** Signed as the difference, or as what is owed. */
  readonly amount: Units
  readonly atMs: number
}

export interface WalletFacts {
  /** W0: the balance stated for a day; null begins with the first look. */
  readonly opening: { readonly balance: Units; readonly atMs: number } | null
  /** Oldest first, all at or after the opening. */
  readonly looks: readonly WalletLook[]
  readonly stated: readonly StatedMovement[]
  readonly decisions: readonly WalletDecision[]
  /** Nights whose claims a person released (O7), as indexes of looks. */
  readonly released: ReadonlySet<number>
  /** Nights a credit takes; null learns it: none, until a night pays more than its own claims, then two. */
  readonly creditDays: number | null
}

/** W6: one row of the wallet's page. */
export interface WalletNight {
  readonly atMs: number
  readonly balance: Units
  readonly width: Units
  readonly charges: Units
  /** Claims posted that night; 0 while they are held (O7). */
  readonly claims: Units
  readonly heldClaims: Units
  /** What the wallet gained beyond charges and stated movements; negative is a loss. */
  readonly gained: Units
  readonly paid: Units
  /** W3: what rounding may come to that night: a unit per claim paid, the oldest claims counted first. */
  readonly tolerance: Units
  /** W3: gained beyond what was owed, by no more than a unit per claim paid. */
  readonly rounding: Units
  /** The same of what stays owed: paid short by no more than a unit per claim paid. */
  readonly shortfall: Units
  /** What nothing explains: positive more, negative less than the books. Later claims and decisions use it up. */
  readonly rest: Units
  /** What is owed after the night (account 1330). */
  readonly owed: Units
  readonly overdue: Units
}

export interface WalletOutcome {
  readonly opening: Units
  readonly nights: readonly WalletNight[]
  /** Index of the look at which a stated movement shows; null while it is in transit. */
  readonly shown: ReadonlyMap<string, number | null>
  /** W5. */
  readonly creditDays: number
  /** 1330 after the last night. */
  readonly owed: Units
  /** What of it has been overdue for so long that a person is asked (W5). */
  readonly overdue: Units
  /** The wallet's last reading less the books. */
  readonly difference: Units
}

const DAY_MS = 86_400_000
/** A panel credits a top-up before the bank's day of it, when a card is charged days later. */
const LEAD_MS = 3 * DAY_MS
/** A movement that is in transit for longer is an item. */
const IN_TRANSIT_MS = 4 * DAY_MS
/** What was stated for a day this long before the opening is in its balance (W0). */
const SETTLING_MS = 3 * DAY_MS
/** What a payment may differ by per claim paid; one unit of the wallet's last decimal where that is larger (W3). */
const ROUNDING_UNIT: Units = 1_000_000n

export function workOutWallet(facts: WalletFacts): WalletOutcome {
  const { gained, shown, opening } = gainsOf(facts)
  const said = facts.looks.map((look) => look.claims.amount)
  const { claims, held } = limitClaims(said, gained, facts.released)
  const nights = facts.looks.map((look, index) => ({
    look,
    gained: gained[index] ?? 0n,
    claimed: claims[index] ?? 0n,
    isHeld: held.has(index),
  }))
  let creditDays = facts.creditDays ?? 0
  let worked = foldNights(nights, facts.decisions, creditDays)
  if (facts.creditDays === null && tellsLateCredits(worked)) {
    creditDays = LATE_CREDIT_DAYS
    worked = foldNights(nights, facts.decisions, creditDays)
  }
  const last = worked.at(-1)
  return {
    opening,
    nights: worked,
    shown,
    creditDays,
    owed: last?.owed ?? 0n,
    overdue: overdueForLong(worked),
    difference: worked.reduce((sum, { rest }) => sum + rest, 0n),
  }
}

/** What each look gained beyond charges and the stated movements that it shows (T1), the oldest of them first. */
function gainsOf({ looks, stated, opening }: WalletFacts): {
  readonly gained: readonly Units[]
  readonly shown: ReadonlyMap<string, number | null>
  readonly opening: Units
} {
  const [first] = looks
  const begin = opening?.balance ?? (first === undefined ? 0n : first.balance + first.charges)
  const shown = new Map<string, number | null>(stated.map(({ key }) => [key, null]))
  // A wallet that begins with its first look holds what was stated until then; one with a stated balance what is long past.
  const isIncluded = ({ atMs }: StatedMovement): boolean =>
    opening === null ? atMs <= (first?.atMs ?? 0) : atMs + SETTLING_MS <= opening.atMs
  const [included, later] = partition(stated, isIncluded)
  for (const { key } of included) shown.set(key, 0)
  let before = begin
  const gained = looks.map((look) => {
    const gain = look.balance - before + look.charges
    before = look.balance
    return gain
  })
  for (const movement of [...later].sort((one, other) => one.atMs - other.atMs)) {
    const at = lookOf(movement, looks, gained)
    if (at === null) continue
    shown.set(movement.key, at)
    gained[at] = (gained[at] ?? 0n) - movement.amount
  }
  // What was stated for days before the opening is part of its balance.
  return { gained, shown, opening: begin - sumOf(included) }
}

/**
 * T1: the first look whose gain is at least the movement, from three days before its day to three after. Without one, the
 * look of those days that gained most, if that is at least half of it: the rest went to orders nobody listed. Without that,
 * the first later look that gained as much. Null while it is in transit.
 */
function lookOf(
  { amount, atMs }: StatedMovement,
  looks: readonly WalletLook[],
  gained: readonly Units[],
): number | null {
  const size = abs(amount)
  const gainOf = (at: number): Units => (amount > 0n ? (gained[at] ?? 0n) : -(gained[at] ?? 0n))
  const since = looks.flatMap((look, at) => (look.atMs >= atMs - LEAD_MS ? [at] : []))
  const [near, late] = partition(since, (at) => (looks[at]?.atMs ?? 0) < atMs + IN_TRANSIT_MS)
  const isWhole = (at: number): boolean => gainOf(at) >= size
  const whole = near.find(isWhole)
  if (whole !== undefined || late.length === 0) return whole ?? null
  const most = near.reduce<number | null>((best, at) => (best === null || gainOf(at) > gainOf(best) ? at : best), null)
  return most !== null && gainOf(most) * 2n >= size ? most : (late.find(isWhole) ?? null)
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [items.filter(test), items.filter((item) => !test(item))]
}

interface FoldedNight {
  readonly look: WalletLook
  readonly gained: Units
  /** Less what was taken back of nights that wait. */
  readonly claimed: Units
  readonly isHeld: boolean
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

function foldNights(
  folded: readonly FoldedNight[],
  decisions: readonly WalletDecision[],
  creditDays: number,
): readonly WalletNight[] {
  const nights: Mutable<WalletNight>[] = []
  const unpaid: Unpaid[] = []
  let owed = 0n
  let decidedUntilMs = Number.NEGATIVE_INFINITY
  for (const { look, gained, claimed, isHeld } of folded) {
    const claims = isHeld ? 0n : claimed
    const early = isHeld ? NOTHING_PAID : payFromEarlier(nights, look.claims.late)
    const since = decidedUntilMs
    const denied = sumOf(decisions.filter((each) => each.kind === 'claims' && isBetween(each.atMs, since, look.atMs)))
    decidedUntilMs = look.atMs
    if (!isHeld) unpaid.push({ amount: claims - early.paid, count: look.claims.count - early.count })
    const due = owed + claims - early.paid - denied
    const paid = payable(gained, due)
    const count = takePaid(unpaid, paid)
    const tolerance = toleranceOf(look, count + early.count)
    const rest = gained - paid
    const rounding = abs(rest) <= tolerance ? rest : 0n
    const late = overdueOf(
      due - paid,
      recentClaims(nights, { atMs: look.atMs, claims }, creditDays),
      nights.at(-1)?.overdue,
    )
    const shortfall = abs(late) <= tolerance ? late : 0n
    owed = due - paid - shortfall
    nights.push({
      atMs: look.atMs,
      balance: look.balance,
      width: look.width,
      charges: look.charges,
      claims,
      heldClaims: isHeld ? claimed : 0n,
      gained,
      paid: paid + early.paid,
      tolerance,
      rounding,
      shortfall,
      rest: rest - rounding,
      owed,
      overdue: late - shortfall,
    })
  }
  for (const decision of decisions) if (decision.kind === 'difference') explainRests(nights, decision.amount)
  return nights
}

/** Of this night and those before it that a credit may still pay. */
function recentClaims(
  before: readonly Pick<WalletNight, 'atMs' | 'claims'>[],
  night: Pick<WalletNight, 'atMs' | 'claims'>,
  creditDays: number,
): readonly Units[] {
  if (creditDays === 0) return []
  const sinceMs = nightsBefore(night.atMs, creditDays)
  const first = before.findLastIndex(({ atMs }) => atMs <= sinceMs) + 1
  return [...before.slice(first), night].map(({ claims }) => claims)
}

function isBetween(atMs: number, afterMs: number, throughMs: number): boolean {
  return atMs > afterMs && atMs <= throughMs
}

function sumOf(items: readonly { readonly amount: Units }[]): Units {
  return items.reduce((sum, { amount }) => sum + amount, 0n)
}

function toleranceOf({ unit }: WalletLook, claimsPaid: number): Units {
  return (unit > ROUNDING_UNIT ? unit : ROUNDING_UNIT) * BigInt(claimsPaid)
}

/** W2: what was gained pays what is owed; what was lost pays what is owed back. */
function payable(gained: Units, owed: Units): Units {
  if (gained > 0n && owed > 0n) return gained < owed ? gained : owed
  if (gained < 0n && owed < 0n) return gained > owed ? gained : owed
  return 0n
}

interface Paid {
  readonly paid: Units
  readonly count: number
}
const NOTHING_PAID: Paid = { paid: 0n, count: 0 }

/** The claim of an order first seen finished is paid first from what the nights since it was placed gained beyond what was owed. */
function payFromEarlier(nights: readonly Mutable<WalletNight>[], late: readonly LateClaim[]): Paid {
  let paid = 0n
  let count = 0
  for (const claim of late) {
    const part = takeRests(nights.slice(claim.since), claim.amount)
    paid += part
    if (part > 0n && part === claim.amount) count += claim.count
  }
  return { paid, count }
}

/** Uses up the rests of one sign, the oldest first; what was found of the amount. */
function takeRests(nights: readonly Mutable<WalletNight>[], amount: Units): Units {
  let left = amount
  for (const night of nights) {
    const isSameSign = (night.rest > 0n && left > 0n) || (night.rest < 0n && left < 0n)
    if (!isSameSign) continue
    const part = abs(night.rest) < abs(left) ? night.rest : left
    night.rest -= part
    left -= part
  }
  return amount - left
}

/** What a person said a difference was. More than the nights show is a difference as well, of the last night. */
function explainRests(nights: readonly Mutable<WalletNight>[], amount: Units): void {
  const found = takeRests(nights, amount)
  const last = nights.at(-1)
  if (last !== undefined) last.rest -= amount - found
}

/** Claims of one night that are not paid yet. */
interface Unpaid {
  amount: Units
  count: number
}

/** How many claims a payment pays, the oldest night first; of a night that is paid in part, its share. */
function takePaid(unpaid: Unpaid[], paid: Units): number {
  let left = paid
  let count = 0
  for (let oldest = unpaid[0]; oldest !== undefined && left > 0n; oldest = unpaid[0]) {
    if (oldest.amount > left) {
      const share = Math.ceil((oldest.count * Number(left)) / Number(oldest.amount))
      oldest.amount -= left
      oldest.count -= share
      return count + share
    }
    left -= oldest.amount
    count += oldest.count
    unpaid.shift()
  }
  return count
}
