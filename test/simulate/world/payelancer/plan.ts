/**
 * The plan of an account at the ad network: what each day earns (or spends) and what happens to its counter. Drawn from
 * domain.md, section 3: lifetime and unpaid-balance counters, payouts, clawbacks, late credits, resets, wrong readings.
 */
import { createRandom, type Random } from '../../../../src/sandbox/world/random.ts'
import { planCredit, planEvent } from './events.ts'
import { cutTo, ONE } from '../amounts.ts'

export const DAY_MS = 86_400_000

export type CounterEventKind =
  /** Money: taken back, credited late without traffic, a day of a hundred times the traffic. */
  | 'clawback'
  | 'late-credit'
  | 'viral'
  /** The counter starts anew at zero, or is another account's from now on. */
  | 'reset'
  | 'other-account'
  /** What is shown for a while is not this counter: an absurd figure, another account's, the figure of before. */
  | 'wrong'
  | 'mistaken'
  | 'cached'
  /** Nothing readable is answered. */
  | 'silent'
  | 'bad'

export interface CounterEvent {
  readonly id: string
  readonly kind: CounterEventKind
  readonly atMs: number
  /** Of what lasts; else the same as `atMs`. */
  readonly untilMs: number
  /** Money, or what is shown instead. */
  readonly size: bigint
  readonly impressions: number
  readonly clicks: number
  /** How a bad answer is bad. */
  readonly form: number
  /** How long a person takes to look at what it did. */
  readonly patienceMs: number
  /** What a person says of it first, wrongly: an argument of `--as`, or "reject". */
  readonly slip: string | null
}

export interface DayPlan {
  readonly id: string
  readonly atMs: number
  readonly amount: bigint
  readonly impressions: number
  readonly clicks: number
}

export interface PayoutPlan {
  /** Its reference at the processor, too. */
  readonly id: string
  /** The network takes all that is unpaid, in whole cents, if that is 50.00 or more. */
  readonly atMs: number
  /** Kept by the network on top, in cents of the dollar. */
  readonly feeCents: number
  /** When a person states it in an evidence file; null: never. */
  readonly statedMs: number | null
  /** Days until the money is there. */
  readonly daysOnTheWay: number
  /** Whether the line names the payout's reference. */
  readonly isNamed: boolean
  /** When the network has it back, as the bank refused it; no line shows it. Null of nearly all. */
  readonly returnedMs: number | null
}

/** Of an advertiser: paid by the bank, and stated in an evidence file. */
export interface TopUpPlan {
  readonly id: string
  readonly atMs: number
  readonly amount: bigint
  readonly bonus: bigint
  readonly statedMs: number
}

export interface NetworkPlan {
  readonly name: string
  readonly role: 'publisher' | 'advertiser'
  readonly zone: string
  readonly shows: 'lifetime' | 'unpaid'
  /** When a person says that it shows what is unpaid. */
  readonly saidMs: number
  readonly counter: bigint
  readonly owed: bigint
  readonly impressions: number
  readonly clicks: number
  /** Whether an evidence file states both when the books begin. */
  readonly isOpeningStated: boolean
  readonly reviewAbove: string | null
  readonly schedule: 'on_threshold' | 'weekly' | 'monthly' | 'stated'
  readonly withholdingPercent: number
  /** As it is agreed: later ones are asked about. */
  readonly dueDays: number
  readonly days: readonly DayPlan[]
  readonly events: readonly CounterEvent[]
  /** From then on nobody puts a decision off. */
  readonly decidedMs: number
  readonly payouts: readonly PayoutPlan[]
  /** Less is not paid out. The document says 50.00; what an account is closed with may be less. */
  readonly leastPayout: bigint
  readonly topUps: readonly TopUpPlan[]
  /** The money account its payouts go to, or its top-ups come from. */
  readonly account: string
  /** Of what a month earned, expected to be taken back: the settings say so. Left out: nothing. */
  readonly allowancePercent?: number
  /** Nobody looks at a reading of a day far away before. Left out: on the next evening. */
  readonly misdatedSeenMs?: number
  /** Days since the world began whose total a person states from the network's own page, and when. */
  readonly dayTotals?: readonly { readonly day: number; readonly statedMs: number }[]
}

/**
 * What a small world about a counter shows: what is out of the ordinary once a few days are known, a machine whose clock is
 * days or years away, the end of a month with its estimates and what is taken back of it afterwards, or a day that brings
 * about as much as a payout that has not arrived; or nothing that anybody has to be asked about.
 */
export type Focus = 'unusual' | 'clock' | 'month' | 'after-payout' | 'plain'

export interface NetworkChoice {
  readonly seed: number
  readonly name: string
  readonly startMs: number
  readonly nights: number
  readonly account: string
}

export function planNetwork({ seed, name, startMs, nights, account }: NetworkChoice): NetworkPlan {
  const random = createRandom(seed, 'network', name)
  const role = random.chance(0.75) ? 'publisher' : 'advertiser'
  const shows = role === 'publisher' && random.chance(0.35) ? 'unpaid' : 'lifetime'
  const owed = cutTo(BigInt(random.int(20, 400)) * ONE + BigInt(random.int(0, 99_999_999)), 4)
  const before = shows === 'unpaid' ? 0n : BigInt(random.int(0, 3000)) * ONE
  const impressions = random.int(100_000, 900_000)
  const usual = random.int(5, 40)
  /** The day after the last night in which anything fails. */
  const rightMs = startMs + nights * DAY_MS + DAY_MS / 2
  // Some networks' people put money there by hand again and again, which somebody has to say each time.
  const isCredited = shows === 'lifetime' && createRandom(seed, 'network', name, 'credited').chance(0.2)
  // What is unpaid does not start anew: it is paid out, or another account's.
  const events = range(nights + 2)
    .flatMap((day) => {
      const each = createRandom(seed, 'network', name, 'event', day)
      return isCredited ? planCredit(each, startMs + day * DAY_MS, day) : planEvent(each, startMs + day * DAY_MS, day)
    })
    .filter(({ kind }) => shows === 'lifetime' || kind !== 'reset')
    // At the end nothing is wrong with the network any more.
    .filter(({ kind, atMs }) => atMs < startMs + nights * DAY_MS || LATE.has(kind))
    .map((event) => ({ ...event, untilMs: Math.max(event.atMs, Math.min(event.untilMs, rightMs)) }))
  return {
    name,
    role,
    zone: random.pick(['UTC', 'UTC', 'America/Los_Angeles', 'Asia/Kolkata', 'Pacific/Auckland']),
    shows,
    saidMs: startMs + (random.chance(0.6) ? 0 : random.int(1, nights) * DAY_MS),
    counter: owed + before,
    owed: role === 'publisher' ? owed : owed + before,
    impressions,
    clicks: Math.floor(impressions / random.int(20, 60)),
    isOpeningStated: random.chance(0.5),
    reviewAbove: isCredited ? '5.00' : random.chance(0.5) ? random.pick(['5.00', '10.00', '25.00', '100.00']) : null,
    schedule: shows === 'unpaid' ? 'stated' : random.pick(['on_threshold', 'weekly', 'monthly', 'stated']),
    withholdingPercent: random.pick([0, 0, 0, 10, 10]),
    dueDays: random.pick([2, 5, 10]),
    days: range(nights + 4).map((day) => {
      const usually = planDay(createRandom(seed, 'network', name, 'day', day), usual, startMs, day)
      // A late credit is told from a day's earnings where there was no traffic at all.
      const isIdle = events.some(({ id, form }) => id === `late-credit-${day}` && form < 4)
      return isIdle ? { ...usually, amount: 0n, impressions: 0, clicks: 0 } : usually
    }),
    events,
    decidedMs: startMs + (nights + 1) * DAY_MS - DAY_MS / 24,
    payouts:
      role === 'advertiser'
        ? []
        : range(nights).flatMap((day) =>
            planPayout(createRandom(seed, 'network', name, 'payout', day), startMs + day * DAY_MS, `${name}-${day}`),
          ),
    topUps:
      role === 'publisher'
        ? []
        : range(nights).flatMap((day) =>
            planTopUp(createRandom(seed, 'network', name, 'top-up', day), startMs + day * DAY_MS, `${name}-${day}`),
          ),
    leastPayout: BigInt(random.pick([50, 50, 50, 20])) * ONE,
    account,
  }
}

export function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index)
}

function planDay(random: Random, usual: number, startMs: number, day: number): DayPlan {
  const impressions = random.int(3000, 9000)
  return {
    id: `day-${day}`,
    // Not while a night's sync asks.
    atMs: startMs + day * DAY_MS + random.int(DAY_MS / 12, DAY_MS - DAY_MS / 12),
    amount: cutTo(
      (BigInt(usual * impressions) * ONE * BigInt(random.int(80, 120))) / 600_000n + BigInt(random.int(0, 99_999_999)),
      random.pick([2, 4, 8]),
    ),
    impressions,
    clicks: Math.floor(impressions / random.int(30, 40)),
  }
}

const LATE: ReadonlySet<CounterEventKind> = new Set(['clawback', 'late-credit', 'viral'])

function planPayout(random: Random, dayMs: number, id: string): readonly PayoutPlan[] {
  if (!random.chance(0.3)) return []
  return [
    {
      id: `PAYOUT${id.toUpperCase().replaceAll('-', '')}${random.int(10_000, 99_999)}`,
      atMs: dayMs + random.int(0, DAY_MS / 24),
      feeCents: random.chance(0.2) ? 300 : 0,
      statedMs: random.chance(0.75) ? dayMs + random.int(0, 4) * DAY_MS : null,
      daysOnTheWay: random.int(0, 4),
      isNamed: random.chance(0.5),
      returnedMs: random.chance(0.15) ? dayMs + random.int(1, 3) * DAY_MS + DAY_MS / 2 : null,
    },
  ]
}

function planTopUp(random: Random, dayMs: number, id: string): readonly TopUpPlan[] {
  if (!random.chance(0.4)) return []
  const atMs = dayMs + random.int(0, DAY_MS - 1)
  const topUp = {
    id: `TOPUP${id.toUpperCase().replaceAll('-', '')}${random.int(10_000, 99_999)}`,
    atMs,
    // Round sums, as people choose them; the document's least is 25.00.
    amount: BigInt(random.pick([10, 25, 50, 50, 100, random.int(25, 200)])) * ONE,
    bonus: random.chance(0.2) ? BigInt(random.int(1, 9)) * ONE : 0n,
    statedMs: atMs + random.int(0, 3) * DAY_MS,
  }
  // The same again, a little later.
  return random.chance(0.3)
    ? [topUp, { ...topUp, id: `${topUp.id}T`, atMs: atMs + random.int(1, DAY_MS / 2), bonus: 0n }]
    : [topUp]
}
