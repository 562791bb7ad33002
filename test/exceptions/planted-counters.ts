/** Errors of counters: publishers that do the same for a week, and then each something else. */
import { createServer } from 'node:http'
import { onTestFinished } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { API_KEY, HOUR_MS, newRig, nightMs } from '../pipeline/harness.ts'
import { payments, stats } from '../pipeline/scripted-book.ts'
import { sinceOldestFall } from '../../src/evidence/open-falls.ts'
import { decideReading } from '../../src/pipeline/counter-decisions.ts'
import { runNight } from '../../src/pipeline/night.ts'
import { conversion, deliver } from '../serve/deliveries.ts'
import type { Planted, PlantedWorld } from './planted.ts'

/** Earnings in dollars, and how many days of traffic. */
type Reading = readonly [earnings: number, days: number]

const NAMES = ['clawed', 'clocked', 'converted', 'gapped', 'lost', 'paid', 'reposted', 'reset', 'spiked'] as const
type Name = (typeof NAMES)[number]

const FALLEN = ['clawed', 'lost', 'paid', 'reset'] as const

const WEEK = 6

/** 10.00 a day on top of 500.00. */
function usual(night: number): Reading {
  return [500 + 10 * night, night]
}

/** What each shows from the seventh night on; the others go on as usual. */
const WRONG: Partial<Readonly<Record<Name, Reading>>> = {
  clawed: [530, 7],
  lost: [450, 7],
  paid: [470, 7],
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
  const more = "reviewAbove: '25.00', conversionTolerance: '5.00'"
  // A book with payouts is reconciled every night.
  const paid = `${more}, payouts: { schedule: stated }`
  const moreOf = (name: Name) => (name === 'lost' ? paid : more)
  const sources = NAMES.map((name) => ({ name, kind: 'publisher' as const, url, more: moreOf(name) }))
  const rig = newRig(database, sources, (name) => `${API_KEY}-${name}`)
  const request = { config: rig.config, book: rig.book, env: rig.env }
  const live = async (night: number, changes: Partial<Readonly<Record<Name, Reading | null>>> = {}) => {
    for (const name of NAMES) shown.set(name, usual(night))
    for (const name of NAMES) if (changes[name] !== undefined) shown.set(name, changes[name])
    await rig.night(nightMs(night))
  }
  for (let night = 1; night <= WEEK; night += 1) await live(night)
  await rig.importEvidence(nightMs(WEEK), payments('2026-03-06,paid,payout,100.00,USD,PP-1,'))
  const told = (payout: number, night: number) => {
    const atMs = nightMs(night) - 12 * HOUR_MS
    return deliver(rig, [{ source: 'converted', body: conversion(payout, new Date(atMs).toISOString()), atMs }])
  }
  await told(2, 8)
  await live(7, { ...WRONG, gapped: null })
  // More than was earned in the week is gone with the account.
  await rig.importEvidence(nightMs(7) + HOUR_MS, payments('2026-03-07,lost,account-lost,120.00,USD,AL-1,'))
  await live(8, WRONG)
  shown.set('clocked', usual(9))
  await runNight(rig.environment(nightMs(732)), { ...request, source: 'clocked' })
  /** Both of its readings were wrong. */
  const rejectFall = async (name: Name) => {
    const { kysely } = database
    const { id } = await kysely.selectFrom('source').select('id').where('name', '=', name).executeTakeFirstOrThrow()
    const since = await sinceOldestFall(kysely, (await rig.bookRow()).id, id)
    const [first, last] = [since[0]?.place, since.at(-1)?.place]
    if (first === undefined || last === undefined) throw new Error(`${name} did not fall`)
    const decision = { decide: 'reject', reading: first, through: last, by: 'Ada', why: 'their site was down' } as const
    await decideReading(rig.environment(nightMs(8) + 12 * HOUR_MS), request, decision)
  }
  return {
    database,
    rig,
    mend: async () => {
      await told(10, 9)
      for (const name of FALLEN) await rejectFall(name)
      await live(9)
    },
  }
}

export const COUNTER_WORLDS: readonly PlantedWorld[] = [
  {
    name: 'publishers and their counters',
    plant,
    found: [
      'clawed COUNTER_DECREASE counter -30.00 USD: payelancer-stats',
      'clocked COUNTER_CLOCK counter 10.00 USD: payelancer-stats',
      'converted CONVERSIONS_DIFFER conversions:2026-03-08 8.00 USD: conversion-day',
      'gapped COUNTER_GAP days:2026-03-07..2026-03-08 20.00 USD: payelancer-stats',
      'lost COUNTER_DECREASE counter -110.00 USD: payelancer-stats',
      'lost RECEIVABLE_NEGATIVE receivable -70.00 USD: reconcile',
      'paid COUNTER_UNPAID counter -90.00 USD: payelancer-stats',
      'reposted COUNTER_REPOST counter 60.00 USD: payelancer-stats',
      'reset COUNTER_RESET counter -559.60 USD: payelancer-stats',
      'spiked COUNTER_SPIKE counter 60.00 USD: payelancer-stats',
    ],
    left: [
      'clawed COUNTER_GAP days:2026-03-07..2026-03-09 30.00 USD: payelancer-stats',
      'converted CONVERSIONS_DIFFER conversions:2026-03-08 8.00 USD: conversion-day',
      'gapped COUNTER_GAP days:2026-03-07..2026-03-08 20.00 USD: payelancer-stats',
      'lost COUNTER_GAP days:2026-03-07..2026-03-09 30.00 USD: payelancer-stats',
      'paid COUNTER_GAP days:2026-03-07..2026-03-09 30.00 USD: payelancer-stats',
      'paid TIMING payout:PP-1 100.00 USD: evidence-file',
      'reset COUNTER_GAP days:2026-03-07..2026-03-09 30.00 USD: payelancer-stats',
    ],
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
