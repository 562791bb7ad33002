/**
 * What whoever runs the machine does on a day, what happens to it, and how people err in what they type. Each kind draws
 * from a stream of its own, so that taking one away changes no other; a shrunk plan has fewer of them.
 */
import { createRandom, type Random } from '../../../src/sandbox/world/random.ts'

export type OperatorEvent =
  /** From now on the machine's clock is wrong. */
  | { readonly night: number; readonly kind: 'clock'; readonly aheadMs: number }
  | { readonly night: number; readonly kind: 'restore'; readonly nightsBack: number }
  /** Two syncs at once; the ledger is verified. */
  | { readonly night: number; readonly kind: 'twice' | 'verify' }
  /** Nobody is there: what the evening asks for is done on the next one. */
  | { readonly night: number; readonly kind: 'late' }
  /** The nth command of the evening is typed once more, or by two people at once. */
  | { readonly night: number; readonly kind: 'again' | 'together'; readonly nth: number }
  /** The book's policy about closed periods is another one from then on. */
  | {
      readonly night: number
      readonly kind: 'policy'
      readonly book: string
      readonly closedPeriod: 'hold' | 'first-open-day'
    }

/** People go on after the last night that anything fails in. */
export function planOperator(seed: number, nights: number, quietNights: number): readonly OperatorEvent[] {
  const events = planOldEvents(seed, nights)
  const of = (
    kind: string,
    chance: number,
    last: number,
    make: (random: Random, night: number) => OperatorEvent,
  ): void => {
    // A kind that a run has is had often enough to meet others.
    if (!createRandom(seed, 'operator', kind).chance(0.3)) return
    for (let night = 1; night <= last; night += 1) {
      const random = createRandom(seed, 'operator', kind, night)
      if (random.chance(chance)) events.push(make(random, night))
    }
  }
  const all = nights + quietNights
  of('again', 0.7, all, (random, night) => ({ night, kind: 'again', nth: random.int(1, 5) }))
  of('together', 0.7, all, (random, night) => ({ night, kind: 'together', nth: random.int(1, 5) }))
  // The openings are stated on the first evening: what nobody has said yet no oracle can ask for.
  of('twice', 0.3, all - 1, (_, night) => ({ night: night + 1, kind: 'twice' }))
  of('late', 0.3, nights - 1, (_, night) => ({ night: night + 1, kind: 'late' }))
  return events
}

function planOldEvents(seed: number, nights: number): OperatorEvent[] {
  const random = createRandom(seed, 'operator')
  const events: OperatorEvent[] = []
  for (let night = 2; night <= nights; night += 1) {
    if (random.chance(0.03)) events.push({ night, kind: 'clock', aheadMs: random.int(-7200, 7200) * 1000 })
    if (random.chance(0.05)) events.push({ night, kind: 'restore', nightsBack: random.int(1, 2) })
    if (random.chance(0.05)) events.push({ night, kind: 'twice' })
    if (random.chance(0.03)) events.push({ night, kind: 'verify' })
  }
  return events
}

/** Whether, and how, the nth command of an evening is typed twice. */
export function hasteOf(events: readonly OperatorEvent[], night: number, typed: number): 'again' | 'together' | null {
  const event = events.find(
    (each) => (each.kind === 'again' || each.kind === 'together') && each.night === night && each.nth === typed,
  )
  return event?.kind === 'again' || event?.kind === 'together' ? event.kind : null
}
