/** The money side of the world as one part: accounts at the ad network, and the money accounts their payouts reach. */
import type { Part } from './part.ts'
import { createBank } from './bank/bank.ts'
import { plainBank, planBank, type BankPlan } from './bank/plan.ts'
import { focused } from './payelancer/focus.ts'
import { createNetwork } from './payelancer/network.ts'
import { planNetwork, type Focus, type NetworkPlan } from './payelancer/plan.ts'
import { createRandom } from '../../../src/sandbox/world/random.ts'

export interface MoneyPlan {
  readonly kind: 'money'
  readonly name: 'money'
  readonly startMs: number
  readonly networks: readonly NetworkPlan[]
  readonly bank: BankPlan
  /** What it is about; left out: whatever comes. */
  readonly focus?: Focus
}

export interface MoneyChoice {
  readonly seed: number
  readonly startMs: number
  readonly nights: number
  readonly lite: boolean
  readonly focus?: Focus | undefined
}

export function planMoney({ seed, startMs, nights, lite, focus }: MoneyChoice): MoneyPlan {
  const random = createRandom(seed, 'money')
  const drawn = planBank({ seed, startMs, nights, lite })
  const bank = focus === 'plain' ? plainBank(drawn, startMs, nights) : drawn
  // Nobody is paid onto a card.
  const names = bank.accounts.filter(({ type }) => type !== 'card').map(({ name }) => name)
  const networks = Array.from({ length: random.int(1, lite ? 1 : 2) }, (_, nth) => {
    const usual = planNetwork({
      seed,
      name: `net-${nth + 1}`,
      startMs,
      nights,
      account: names[random.int(0, names.length - 1)] ?? '',
    })
    return focus === undefined ? usual : focused(usual, focus, { seed, startMs })
  })
  return { kind: 'money', name: 'money', startMs, networks, bank, ...(focus === undefined ? {} : { focus }) }
}

export function createMoney({ startMs, networks, bank }: MoneyPlan): Part {
  return joined('money', [...networks.map((plan) => createNetwork(plan, startMs)), createBank(bank, networks, startMs)])
}

/** Several parts that belong together, as one. */
export function joined(name: string, parts: readonly Part[]): Part {
  return {
    name,
    sites: parts.flatMap(({ sites }) => sites),
    config: {
      sources: parts.flatMap(({ config }) => config.sources ?? []),
      accounts: parts.flatMap(({ config }) => config.accounts ?? []),
    },
    env: Object.assign({}, ...parts.map(({ env }) => env)),
    advance: (ms) => parts.forEach(({ advance }) => advance(ms)),
    acts: (fromMs, throughMs, evening) => parts.flatMap(({ acts }) => [...acts(fromMs, throughMs, evening)]),
    answers: (books, nowMs) => {
      for (const part of parts) {
        const acts = part.answers?.(books, nowMs) ?? []
        if (acts.length > 0) return acts
      }
      return []
    },
    check: (books, when) => parts.flatMap(({ check }) => check(books, when)),
  }
}
