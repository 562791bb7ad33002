/** A panel whose refunds people make a rule of, and what breaks that rule afterwards. */
import type { Random } from '../../../../src/sandbox/world/random.ts'
import { DAY_MS, HOUR_MS } from './draw-orders.ts'
import { ended, GROSS, order, overnight, times, within } from './focus-orders.ts'
import type { OrderPlan, PanelPlan, RefundKind, Rounding, WalletPlan } from './plan.ts'

/** Thirty proven ones make a rule; all of them end on the first day. */
const RULE_ORDERS = [32, 36] as const

type Break = 'nothing' | 'again' | 'by-hand' | 'denied' | 'rounding' | 'revoked'
const BREAKS: readonly [Break, ...Break[]] = [
  'nothing',
  'again',
  'again',
  'by-hand',
  'denied',
  'rounding',
  'revoked',
  'revoked',
]
/** Only a share is rounded, and by hand a whole price is credited, as it were a second time. */
const KINDS_BY_BREAK: Readonly<Partial<Record<Break, readonly [RefundKind, ...RefundKind[]]>>> = {
  'by-hand': ['cancel'],
  rounding: ['partial', 'completion'],
}

/**
 * So many refunds on the first day that people make a rule of them on the second evening; then the panel does otherwise, or
 * people think otherwise. What is second, denied or rounded anew is domain.md 0 (5) and 1.3.
 */
export function withRule(usual: PanelPlan, random: Random, nights: number): PanelPlan {
  const isUnwanted = random.chance(0.15)
  const breaks = isUnwanted ? 'nothing' : random.pick(BREAKS)
  const kind = random.pick<RefundKind>(KINDS_BY_BREAK[breaks] ?? ['cancel', 'cancel', 'partial', 'completion'])
  const rounding: Rounding = { mode: random.pick(['half-up', 'floor']), decimals: 5 }
  const script = { ...usual.script, shows: GROSS, rounding: { partial: rounding, completion: rounding } }
  const changed: Rounding = { mode: 'floor', decimals: random.pick([2, 3]) }
  const onMs = usual.startMs + 2 * DAY_MS + DAY_MS / 48
  const plan: PanelPlan = {
    ...usual,
    script,
    ...(breaks === 'denied' ? { settlingDays: 1 } : {}),
    ...(breaks === 'rounding' ? { upgrade: { atMs: onMs, rounding: { partial: changed, completion: changed } } } : {}),
    rules: { isWanted: !isUnwanted, revokedMs: breaks === 'revoked' ? usual.startMs + 2 * DAY_MS : null },
  }
  const [least, most] = RULE_ORDERS
  const orders = times(random.int(least, most), () =>
    order(plan, { ...within(plan, random, 0), ...ended(random, kind) }),
  )
  const wallet: WalletPlan[] = []
  for (let day = 0; day < nights; day += 1) {
    const made = times(random.int(3, 5), () => order(plan, { ...overnight(plan, random, day), ...ended(random, kind) }))
    const [first, ...others] = made
    const isBroken = day < 2 && first !== undefined
    if (!isBroken || !['again', 'by-hand', 'denied'].includes(breaks)) orders.push(...made)
    else if (breaks === 'denied') orders.push({ ...first, creditAfterMs: null }, ...others)
    else {
      // One day later, when the first credit is in the books.
      const laterMs = DAY_MS + random.int(0, 2 * HOUR_MS)
      const again = { againAfterMs: laterMs, ...takenBack(random, first.endsMs + laterMs) }
      orders.push(breaks === 'again' ? { ...first, ...again } : first, ...others)
      if (breaks === 'by-hand') wallet.push(byHand(first.endsMs + laterMs, first.gross))
      // What comes with it hides that a credit was taken back.
      if (again.againTakenMs !== undefined && breaks === 'again' && random.chance(0.5))
        wallet.push(byHand(again.againTakenMs + HOUR_MS / 2, -(10 ** 12 + random.int(1, 99_999) * 1000)))
    }
  }
  return { ...plan, orders, wallet }
}

function takenBack(random: Random, afterMs: number): Pick<OrderPlan, 'againTakenMs'> {
  return random.chance(0.4) ? { againTakenMs: afterMs + DAY_MS - 2 * HOUR_MS } : {}
}

function byHand(atMs: number, amount: number): WalletPlan {
  const told = { reference: '', statedMs: null, isBonusStated: false, isStatedTwice: false, mistake: null }
  return { atMs, kind: 'manual', amount, bonus: 0, ...told }
}
