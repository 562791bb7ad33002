/**
 * Small worlds that are about one thing of a panel's refunds, made from a usual one: what is rare elsewhere happens in all of
 * them. Sources: domain.md 0 (4), 1.1 to 1.3, 6.3, and panel-api.txt on packages.
 */
import { createRandom, type Random } from '../../../../src/sandbox/world/random.ts'
import { DAY_MS, HOUR_MS } from './draw-orders.ts'
import { ended, GROSS, NET, order, overnight, times, within } from './focus-orders.ts'
import { withRule } from './focus-rule.ts'
import { withIds } from './ids.ts'
import type { ExportPlan, PanelFocus, PanelPlan, Rounding } from './plan.ts'
import { roundTo } from './rounding.ts'

export const PANEL_FOCUSES: readonly [PanelFocus, ...PanelFocus[]] = [
  'rule',
  'rule',
  'rule',
  'rule',
  'halves',
  'packages',
  'reopened',
  'early',
  'shown-later',
  'dearer',
]

const MODES: readonly [Rounding['mode'], ...Rounding['mode'][]] = [
  'half-even',
  'half-even',
  'half-even',
  'half-up',
  'floor',
  'ceil',
]

interface Draw {
  readonly seed: number
  readonly nights: number
}

/** Everything is in the downloads of the evenings, nobody pays in, and no credit is late: all that moves is what it is about. */
export function focusedOn(usual: PanelPlan, focus: PanelFocus, { seed, nights }: Draw): PanelPlan {
  const random = createRandom(seed, 'panel', usual.name, 'focus', focus)
  const { startMs } = usual
  const lastMs = startMs + (nights + 1) * DAY_MS - HOUR_MS
  const { partial, completion } = usual.script.rounding
  const plain: PanelPlan = {
    ...usual,
    openingStatedMs: startMs + HOUR_MS,
    isSuspending: false,
    csv: 'orders-page',
    script: {
      ...usual.script,
      formula: 'share',
      rounding: { partial: { ...partial, decimals: 5 }, completion: { ...completion, decimals: 5 } },
      decimals: 5,
      listDecimals: 5,
      walletDecimals: 5,
      chargeForm: 'text',
      remainsForm: 'text',
      currencyForm: 'own',
      parentForm: 'none',
    },
    wallet: [],
    orders: [],
    adds: [],
    scans: [],
    mistyped: [],
    exports: evenings(startMs, nights, lastMs),
    rates: usual.rates.map((rate) => ({ ...rate, rate: 10_000 * random.int(5_001, 49_999) })),
  }
  const plan = about(plain, focus, random, nights)
  return { ...plan, orders: withIds(plan.orders, startMs) }
}

function about(plan: PanelPlan, focus: PanelFocus, random: Random, nights: number): PanelPlan {
  switch (focus) {
    case 'rule':
      return withRule(plan, random, nights)
    case 'halves':
      return withHalves(plan, random, nights)
    case 'packages':
      return withPackages(plan, random, nights)
    case 'reopened':
      return withReopened(plan, random, nights)
    case 'early':
      return withEarly(plan, random, nights)
    case 'shown-later':
      return withChargesShown(plan, random, nights)
    case 'dearer':
      return withDearerShares(plan, random, nights)
    case 'plain':
      return withPlainOrders(plan, random, nights)
  }
}

function evenings(startMs: number, nights: number, lastMs: number): readonly ExportPlan[] {
  const made: ExportPlan[] = []
  for (let night = 1; night <= nights + 1; night += 1) {
    const atMs = Math.min(lastMs, startMs + night * DAY_MS - HOUR_MS)
    const fromMs = night === 1 ? startMs - 1 : atMs - 2 * DAY_MS
    made.push({ atMs, fromMs, throughMs: atMs, isTwice: false })
  }
  return made
}

/** One order a day, half of it given back, at odd prices: only a half says how halves are rounded. */
function withHalves(usual: PanelPlan, random: Random, nights: number): PanelPlan {
  const decimals = random.pick([2, 3, 4])
  const rounding: Rounding = { mode: random.pick(MODES), decimals }
  const script = {
    ...usual.script,
    shows: GROSS,
    decimals,
    listDecimals: decimals,
    walletDecimals: decimals,
    rounding: { partial: rounding, completion: rounding },
  }
  const plan: PanelPlan = { ...usual, script }
  const unit = 10n ** BigInt(8 - decimals)
  const orders = times(nights + 1, (day) => {
    const when = within(plan, random, day)
    const wanted = day % 2 === 0 ? 1n : 3n
    for (let tries = 0; ; tries += 1) {
      const quantity = 2 * random.int(100, 2000)
      const made = order(plan, { ...when, ending: 'Partial', quantity, remains: quantity / 2 })
      const units = roundTo(BigInt(made.gross), decimals, 'floor') / unit
      if (units % 4n === wanted || tries === 100) return made
    }
  })
  return { ...plan, orders }
}

/** Billed at the upper bound; what was not delivered of it comes back on completion: panel-api.txt. */
function withPackages(usual: PanelPlan, random: Random, nights: number): PanelPlan {
  const script = { ...usual.script, shows: random.pick<PanelPlan['script']['shows']>([NET, NET, GROSS]) }
  const plan: PanelPlan = { ...usual, script }
  const orders = times(nights, (day) => day).flatMap((day) =>
    times(random.int(2, 4), () => order(plan, { ...overnight(plan, random, day), ...ended(random, 'completion') })),
  )
  return { ...plan, orders }
}

/** Canceled or given up, refunded, and then delivered after all: the panel debits again what it had given back. */
function withReopened(usual: PanelPlan, random: Random, nights: number): PanelPlan {
  const script = { ...usual.script, shows: random.pick<PanelPlan['script']['shows']>([GROSS, GROSS, NET]) }
  const plan: PanelPlan = { ...usual, script }
  const orders = times(nights, (day) => day).flatMap((day) =>
    times(random.int(2, 3), (nth) => {
      const made = order(plan, {
        ...overnight(plan, random, day),
        ...ended(random, random.pick(['cancel', 'partial'])),
      })
      const atMs = made.endsMs + DAY_MS - HOUR_MS
      if (nth > 1 || day >= Math.max(1, nights - 1)) return made
      return { ...made, reopened: { atMs, status: random.pick(['In progress', 'Completed'] as const) } }
    }),
  )
  return { ...plan, orders }
}

/** A share comes back while the order is still delivered, and its charge falls. */
function withEarly(usual: PanelPlan, random: Random, nights: number): PanelPlan {
  const plan: PanelPlan = { ...usual, script: { ...usual.script, shows: NET } }
  const farMs = plan.startMs + (nights + 20) * DAY_MS
  const orders = times(nights, (day) => day).flatMap((day) =>
    times(random.int(1, 2), () => {
      const { atMs, endsMs } = overnight(plan, random, day)
      const quantity = random.int(100, 4000)
      const early = { atMs: endsMs, remains: random.int(1, quantity - 1) }
      const isLong = random.chance(0.6)
      const end = isLong ? farMs : endsMs + DAY_MS
      return order(plan, { atMs, endsMs: end, ending: 'Completed', quantity, remains: 0, early })
    }),
  )
  return { ...plan, orders }
}

/** Its API shows no charges and its list shows them to the cent, until a newer script shows them: domain.md 1.4. */
function withChargesShown(usual: PanelPlan, random: Random, nights: number): PanelPlan {
  const script = {
    ...usual.script,
    chargeForm: 'none' as const,
    listDecimals: 2,
    shows: random.pick<PanelPlan['script']['shows']>([NET, GROSS]),
  }
  const shownMs = usual.startMs + random.int(1, Math.max(1, nights - 1)) * DAY_MS + DAY_MS / 2
  const plan: PanelPlan = { ...usual, script, upgrade: { atMs: shownMs, chargeForm: 'text' } }
  const orders = times(nights, (day) => day).flatMap((day) =>
    times(random.int(1, 3), () => {
      const when = random.chance(0.5) ? overnight(plan, random, day) : within(plan, random, day)
      const quantity = random.int(100, 4000)
      if (random.chance(0.3)) return order(plan, { ...when, ...ended(random, 'cancel') })
      return order(plan, { ...when, ending: 'Completed', quantity, remains: 0 })
    }),
  )
  return { ...plan, orders, chargeFromHistory: random.chance(0.8) }
}

/** What was not delivered comes back at the rate of the day (EGF, mimamch), and that has risen since it was ordered. */
function withDearerShares(usual: PanelPlan, random: Random, nights: number): PanelPlan {
  const script = { ...usual.script, shows: NET, formula: 'rate-now' as const }
  const risesMs = usual.startMs + (nights - 1) * DAY_MS
  const risen = usual.rates
    .filter(({ atMs }) => atMs < usual.startMs)
    .map((rate) => ({ ...rate, atMs: risesMs, rate: Math.round(rate.rate * random.pick([1.1, 1.5])) }))
  const plan: PanelPlan = { ...usual, script, rates: [...usual.rates.filter(({ atMs }) => atMs < risesMs), ...risen] }
  const orders = times(nights, (day) => day).flatMap((day) =>
    times(random.int(2, 4), () => order(plan, { ...overnight(plan, random, day), ...ended(random, 'partial') })),
  )
  return { ...plan, orders }
}

/** A few a day, of odd amounts that do not meet each other, and credits that come with the status. */
function withPlainOrders(usual: PanelPlan, random: Random, nights: number): PanelPlan {
  const script = { ...usual.script, shows: random.pick<PanelPlan['script']['shows']>([NET, GROSS]) }
  const plan: PanelPlan = { ...usual, script }
  const orders = times(nights, (day) => day).flatMap((day) =>
    times(random.int(2, 5), () => {
      const when = random.chance(0.5) ? overnight(plan, random, day) : within(plan, random, day)
      if (random.chance(0.7)) return order(plan, { ...when, ...ended(random, random.pick(['cancel', 'partial'])) })
      return order(plan, { ...when, ending: 'Completed', quantity: random.int(100, 4000), remains: 0 })
    }),
  )
  return { ...plan, orders }
}
