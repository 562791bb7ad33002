/** Errors of counters: publishers that do the same for a week, and then each something else. */
import { createServer } from 'node:http'
import { onTestFinished } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { API_KEY, HOUR_MS, newRig, nightMs } from '../pipeline/harness.ts'
import { payments, stats } from '../pipeline/scripted-book.ts'
import { exceptionsOf } from '../pipeline/reads.ts'
import { decide } from './support.ts'
import type { Planted, PlantedWorld } from './planted.ts'

/** Earnings in dollars, and how many days of traffic. */
type Reading = readonly [earnings: number, days: number]

const NAMES = ['clawed', 'paid', 'reposted', 'reset', 'spiked'] as const
type Name = (typeof NAMES)[number]

const WEEK = 6

/** 10.00 a day on top of 500.00. */
function usual(night: number): Reading {
  return [500 + 10 * night, night]
}

/** What each shows from the seventh night on; the others go on as usual. */
const WRONG: Partial<Readonly<Record<Name, Reading>>> = {
  clawed: [530, 7],
  reposted: [620, 6],
  reset: [0.4, 0.01],
  spiked: [620, 8],
}

async function plant(database: Database): Promise<Planted> {
  const shown = new Map<Name, Reading | null>()
  const url = await serve((key) => {
    const reading = shown.get(NAMES.find((name) => key === `${API_KEY}-${name}`) ?? 'reset') ?? null
    if (reading === null) return null
    const [earnings, days] = reading
    return stats('publisher', 50_000 * days, 1000 * days, earnings.toFixed(2))
  })
  const sources = NAMES.map((name) => ({ name, kind: 'publisher' as const, url }))
  const rig = newRig(database, sources, (name) => `${API_KEY}-${name}`)
  const live = async (night: number, changes: Partial<Readonly<Record<Name, Reading | null>>> = {}) => {
    for (const name of NAMES) shown.set(name, usual(night))
    for (const name of NAMES) if (changes[name] !== undefined) shown.set(name, changes[name])
    await rig.night(nightMs(night))
  }
  for (let night = 1; night <= WEEK; night += 1) await live(night)
  await rig.importEvidence(nightMs(WEEK), payments('2026-03-06,paid,payout,100.00,USD,PP-1,'))
  await live(7, WRONG)
  await live(8, WRONG)
  /** Both of its readings were wrong. */
  const wrong = async (): Promise<void> => {
    const held = (await exceptionsOf(rig)).filter(({ code, object }) => code === 'COUNTER_HELD' && object === 'counter')
    for (const { number, detail } of held) {
      const last = [...detail.matchAll(/(\d+\.\d+) \(/g)].at(-1)?.[1] ?? null
      const about = { amount: null, reference: null, date: null, earned: null, reading: last, line: null }
      const word = { decide: 'resolve', as: 'wrong', ...about, by: 'Ada', why: 'their site was down' } as const
      await decide(rig, nightMs(8) + 12 * HOUR_MS + number, number, word)
    }
  }
  return {
    database,
    rig,
    mend: async () => {
      await wrong()
      await live(9)
    },
  }
}

export const COUNTER_WORLDS: readonly PlantedWorld[] = [
  {
    name: 'publishers and their counters',
    plant,
    // What clawed back may still turn out to be a payout: it is on the list of what waits, and no item for a week.
    found: [
      'paid COUNTER_HELD counter-mode unknown USD: evidence-file',
      'reposted COUNTER_HELD counter 60.00 USD: payelancer-stats',
      'reset COUNTER_HELD counter -559.60 USD: payelancer-stats',
      'spiked COUNTER_HELD counter 60.00 USD: payelancer-stats',
    ],
    left: ['paid COUNTER_HELD counter-mode unknown USD: evidence-file'],
  },
]

async function serve(answerTo: (key: string) => unknown): Promise<string> {
  const server = createServer((message, response) => {
    const answer = answerTo(String(message.headers['x-api-key']))
    if (answer === null) return void message.socket.destroy()
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return `http://127.0.0.1:${address.port}`
}
