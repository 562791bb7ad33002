/** An account at the ad network whose counter only rises, as usual on every day: what is about faults is when it is read. */
import { createRandom } from '../../../src/sandbox/world/random.ts'
import type { Books } from '../oracles/books.ts'
import { amountText } from './amounts.ts'
import type { Finding, Part } from './part.ts'

const DAY_MS = 86_400_000

export interface NetworkPlan {
  readonly kind: 'network'
  readonly name: string
  readonly startMs: number
  readonly days: readonly DayPlan[]
}

interface DayPlan {
  readonly atMs: number
  /** Count of 10⁻⁸. */
  readonly amount: number
  readonly impressions: number
  readonly clicks: number
}

export function planNetwork(seed: number, name: string, startMs: number, nights: number): NetworkPlan {
  const days = Array.from({ length: nights }, (_, day): DayPlan => {
    const random = createRandom(seed, 'network', name, day)
    const impressions = random.int(4000, 6000)
    // Not while a night asks.
    const atMs = startMs + day * DAY_MS + random.int(DAY_MS / 12, DAY_MS - DAY_MS / 12)
    return {
      atMs,
      impressions,
      clicks: Math.floor(impressions / 35),
      amount: impressions * random.int(200_000, 240_000),
    }
  })
  return { kind: 'network', name, startMs, days }
}

const BOOKED = `
  select sum(posting.amount) as amount from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  join source on source.book = txn.book and source.id = txn.source
  where source.name = ? and (account.key like '4000%' or account.key like '4090%')`

export function createNetwork({ name, startMs, days }: NetworkPlan): Part {
  const host = `${name}.network.test`
  const key = `KEY_${name.toUpperCase().replaceAll('-', '_')}`
  let nowMs = startMs
  /** Each total that was shown, whether it was heard or not. */
  const shown = new Set<bigint>()
  const total = (): bigint =>
    days.reduce((sum, { atMs, amount }) => (atMs <= nowMs ? sum + BigInt(amount) : sum), 100_000_000_000n)
  const countOf = (of: 'impressions' | 'clicks'): number =>
    days.reduce((sum, day) => (day.atMs <= nowMs ? sum + day[of] : sum), 100_000)
  const answer = (): string => {
    shown.add(total())
    const counts = `"impressions":${countOf('impressions')},"clicks":${countOf('clicks')}`
    return `{"success":true,"role":"publisher","stats":{${counts},"earnings":${amountText(total(), 8)}}}`
  }
  return {
    name,
    // A cache would show a counter that has fallen, which is another subject.
    sites: [
      {
        host,
        answer: () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: answer() }),
        spared: ['stale'],
      },
    ],
    config: {
      sources: [
        `name: ${name}\ntype: payelancer\nbaseUrl: http://${host}\napiKey: { env: ${key} }\ncurrency: USD\ntimeZone: UTC\nrole: publisher\ncounterMode: lifetime`,
      ],
    },
    env: { [key]: 'secret' },
    advance: (ms) => void (nowMs = Math.max(nowMs, ms)),
    acts: () => [],
    check: (books, when) => earnedOnce(name, books, when === 'end' ? new Set([total()]) : shown),
  }

  /** What is booked lies between two totals that were shown; in the end the newest is booked, or somebody is asked. */
  function earnedOnce(source: string, books: Books, lasts: ReadonlySet<bigint>): readonly Finding[] {
    const [row] = books.rows(BOOKED, source)
    const booked = -((row?.['amount'] ?? 0n) as bigint)
    const isTrue = [...shown].some((first) => lasts.has(first + booked))
    if (isTrue || shown.size === 0 || books.openExceptions().some((each) => each.source === source)) return []
    const says = `${source} shows ${amountText(total(), 8)}, and what is booked, ${amountText(booked, 8)}, is no rise of it`
    return [{ oracle: 'counter-total', says }]
  }
}
