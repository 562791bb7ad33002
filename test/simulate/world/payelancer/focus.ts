/** Small worlds that are about one thing of a counter, made from a usual one. */
import { createRandom, type Random } from '../../../../src/sandbox/world/random.ts'
import { cutTo, ONE } from '../amounts.ts'
import { stateAt } from './counter.ts'
import { DAY_MS, type CounterEvent, type Focus, type NetworkPlan } from './plan.ts'

/** Five rises tell what is usual. */
const KNOWN_DAYS = 5

export function focused(
  plan: NetworkPlan,
  focus: Focus,
  { seed, startMs }: { readonly seed: number; readonly startMs: number },
): NetworkPlan {
  const random = createRandom(seed, 'network', plan.name, focus)
  switch (focus) {
    case 'unusual':
      return unusual(plan, random, startMs)
    case 'clock':
      // What is computed on a day that is years away is another matter than what is read on it.
      return {
        ...plan,
        shows: 'lifetime',
        schedule: 'stated',
        events: [],
        payouts: [],
        topUps: [],
        misdatedSeenMs: random.chance(0.5) ? plan.decidedMs : 0,
      }
    case 'month':
      return month(plan, random, startMs)
    case 'after-payout':
      return afterPayout(plan, random, startMs)
    case 'plain':
      return plain(plan, startMs)
  }
}

function eventOf(
  random: Random,
  atMs: number,
  given: Partial<CounterEvent> & Pick<CounterEvent, 'id' | 'kind'>,
): CounterEvent {
  const rest = { untilMs: atMs, size: 0n, impressions: 0, clicks: 0, form: 0, slip: null }
  return { ...rest, atMs, patienceMs: random.int(0, 2) * DAY_MS, ...given }
}

/** After a few plain days a day of many times as much, really or as a figure that is gone the next day, or of much more for each view. */
function unusual(plan: NetworkPlan, random: Random, startMs: number): NetworkPlan {
  const atMs = startMs + KNOWN_DAYS * DAY_MS + random.int(DAY_MS / 8, DAY_MS / 2)
  const size = BigInt(random.int(500, 3000)) * ONE + BigInt(random.int(0, 9999)) * (ONE / 10_000n)
  const impressions = random.pick([0, 40, random.int(20_000, 900_000)])
  const clicks = Math.floor(impressions / 30)
  const real = eventOf(random, atMs, { id: 'unusual', kind: 'viral', size, impressions, clicks })
  const shown = plan.counter + size + 100n * ONE
  const traffic = plan.impressions + 1_000_000
  const lie = eventOf(random, atMs, {
    id: 'unusual',
    kind: 'wrong',
    untilMs: atMs + DAY_MS,
    size: shown,
    impressions: traffic,
    clicks: plan.clicks + 1_000_000,
  })
  const seen = random.int(KNOWN_DAYS + 1, KNOWN_DAYS + 2)
  const total = { day: KNOWN_DAYS, statedMs: startMs + (seen + 1) * DAY_MS - DAY_MS / 24 }
  // What is gone the next day is looked at when it is gone; what a page tells of needs nobody.
  const later = 4 * DAY_MS
  const event = random.chance(0.4) ? { ...lie, patienceMs: later } : real
  const isStated = random.chance(0.4)
  return {
    ...plan,
    isOpeningStated: true,
    saidMs: startMs,
    payouts: [],
    events: [isStated ? { ...event, patienceMs: later } : event],
    // The page's days are the calendar's.
    ...(isStated ? { zone: 'UTC', dayTotals: [total] } : {}),
  }
}

/** From the end of a month into the next one, with an allowance, and sometimes a day of the old month taken back to the cent. */
function month(plan: NetworkPlan, random: Random, startMs: number): NetworkPlan {
  const days = plan.days.map((day, nth) => (nth === 3 ? { ...day, amount: 0n } : day))
  const size = cutTo(days[1]?.amount ?? 0n, 8)
  const takenBack = eventOf(random, startMs + 3 * DAY_MS + DAY_MS / 3, { id: 'taken-back', kind: 'clawback', size })
  return {
    ...plan,
    zone: 'UTC',
    shows: 'lifetime',
    counter: plan.counter + 1000n * ONE,
    isOpeningStated: true,
    reviewAbove: null,
    days,
    events: random.chance(0.7) ? [takenBack] : [],
    allowancePercent: random.int(1, 4),
  }
}

/** What is unpaid falls by a payout that is long on its way, and rises by as much and more the next day: really earned. */
function afterPayout(plan: NetworkPlan, random: Random, startMs: number): NetworkPlan {
  const owed = BigInt(random.int(100, 400)) * ONE
  const payout = {
    id: `PAYOUT${random.int(10_000_000, 99_999_999)}`,
    atMs: startMs + DAY_MS + DAY_MS / 24,
    feeCents: 0,
    statedMs: startMs + DAY_MS,
    daysOnTheWay: 20,
    isNamed: true,
    returnedMs: null,
  }
  const paying: NetworkPlan = {
    ...plan,
    role: 'publisher',
    shows: 'unpaid',
    saidMs: startMs,
    zone: 'UTC',
    counter: owed,
    owed,
    isOpeningStated: true,
    reviewAbove: null,
    schedule: 'stated',
    events: [],
    topUps: [],
    payouts: [payout],
  }
  const gross = stateAt(paying, payout.atMs).paid.get(payout.id) ?? 0n
  const impressions = random.int(20_000, 900_000)
  const best = eventOf(random, startMs + 2 * DAY_MS + DAY_MS / 3, {
    id: 'best-day',
    kind: 'viral',
    size: gross + BigInt(random.int(0, 20)) * ONE,
    impressions,
    clicks: Math.floor(impressions / 30),
  })
  return { ...paying, events: [best] }
}

/** A counter that only rises; payouts and top-ups that are stated and named. */
function plain(plan: NetworkPlan, startMs: number): NetworkPlan {
  const shows = plan.role === 'publisher' ? plan.shows : 'lifetime'
  return {
    ...plan,
    shows,
    saidMs: startMs,
    isOpeningStated: true,
    reviewAbove: null,
    // What the documents say; who pays out less is asked about.
    leastPayout: 50n * ONE,
    // No other one foretells which payouts are due.
    schedule: 'stated',
    events: [],
    account: 'checking',
    payouts: plan.payouts.map((payout) => ({
      ...payout,
      feeCents: 0,
      // The same evening.
      statedMs: payout.atMs,
      isNamed: true,
      daysOnTheWay: Math.min(1, payout.daysOnTheWay),
      returnedMs: null,
    })),
    topUps: plan.topUps
      // Of two of one amount nobody could say which is which.
      .filter(({ amount }, nth, all) => all.findIndex((other) => other.amount === amount) === nth)
      .map((topUp) => ({ ...topUp, statedMs: topUp.atMs })),
  }
}
