/** A book of one panel as a night works it out: what the rules make of everything that was shown through that night. */
import { costOf, NO_CHARGES, showCharge } from '../../../src/panels/rules/o1-charge.ts'
import { claimOf } from '../../../src/panels/rules/o2-claim.ts'
import { endingOf, type Ending } from '../../../src/panels/rules/status.ts'
import { workOutWallet, type NightClaims, type WalletOutcome } from '../../../src/panels/rules/wallet-nights.ts'
import type { PanelWorld, WorldOrder } from './panel-world.ts'

export const DAY_MS = 86_400_000

interface Booked {
  readonly placed: number
  readonly cost: bigint
  readonly claims: readonly { readonly night: number; readonly amount: bigint }[]
  readonly firstSeenFinished: boolean
}

function answersThrough(order: WorldOrder, night: number) {
  return order.answers.filter((answer) => answer.night <= night)
}

/** O4: endings of which an order that was seen open came to show a lower charge. */
function loweredBy(world: PanelWorld, night: number): ReadonlySet<Ending> {
  const lowered = new Set<Ending>()
  for (const order of world.orders) {
    const answers = answersThrough(order, night)
    const [first] = answers
    if (first === undefined || endingOf(first.status) !== null) continue
    for (const { status, charge } of answers) {
      const ending = endingOf(status)
      if (ending !== null && charge < first.charge) lowered.add(ending)
    }
  }
  return lowered
}

function book(order: WorldOrder, night: number, lowered: ReadonlySet<Ending>): Booked | null {
  const answers = answersThrough(order, night)
  const [first] = answers
  if (first === undefined) return null
  const firstSeenFinished = endingOf(first.status) !== null
  let shown = NO_CHARGES
  let claimed = 0n
  const claims: { night: number; amount: bigint }[] = []
  for (const { night: at, status, charge, remains } of answers) {
    shown = showCharge(shown, { charge, decimals: 8 }, endingOf(status) !== null)
    const { amount } = claimOf({
      status,
      cost: costOf(shown, null) ?? 0n,
      charge: shown.confirmed,
      remains,
      listedRemains: null,
      quantity: order.knowsQuantity ? order.quantity : null,
      isPackage: false,
      firstSeenFinished,
      lowered,
    })
    if (amount !== claimed) claims.push({ night: at, amount: amount - claimed })
    claimed = amount
  }
  return { placed: order.placed, cost: costOf(shown, null) ?? 0n, claims, firstSeenFinished }
}

export interface BookOfWorld {
  readonly outcome: WalletOutcome
  readonly claimed: bigint
}

/** Everything through `night`, worked out anew. */
export function bookThrough(world: PanelWorld, night: number): BookOfWorld {
  const lowered = loweredBy(world, night)
  const booked = world.orders.flatMap((order) => book(order, night, lowered) ?? [])
  const looks = Array.from({ length: night + 1 }, (_, at) => {
    const ofNight = booked.flatMap((order) =>
      order.claims.filter((claim) => claim.night === at).map(({ amount }) => ({ amount, order })),
    )
    const claims: NightClaims = {
      amount: ofNight.reduce((sum, { amount }) => sum + amount, 0n),
      count: ofNight.filter(({ amount }) => amount > 0n).length,
      late: ofNight
        .filter(({ order, amount }) => order.firstSeenFinished && amount > 0n)
        .map(({ amount, order }) => ({ since: order.placed, amount, count: 1 })),
    }
    const charges = booked.reduce((sum, { placed, cost }) => (placed === at ? sum + cost : sum), 0n)
    const [balance, width] = [world.balances[at] ?? 0n, world.widths[at] ?? 0n]
    return { atMs: (at + 1) * DAY_MS, balance, width, unit: 1n, charges, claims }
  })
  const stated = world.topUps.flatMap(({ night: at, statedFor, amount }) =>
    statedFor === null || statedFor > night ? [] : [{ key: `top-up:${at}`, amount, atMs: statedFor * DAY_MS }],
  )
  const opening = { balance: world.opening, atMs: 0 }
  const outcome = workOutWallet({ opening, looks, stated, decisions: [], released: new Set(), creditDays: null })
  const claimed = booked.flatMap(({ claims }) => claims).reduce((sum, { amount }) => sum + amount, 0n)
  return { outcome, claimed }
}
