/**
 * An account at the ad network: its counter on the wire, the evidence files and decisions of the person who minds it, and
 * what the books have to say of its earnings, its payouts and its top-ups.
 */
import { hash } from 'node:crypto'
import type { SiteReply } from '../../kernel/network.ts'
import type { Books } from '../../oracles/books.ts'
import { amountText } from '../amounts.ts'
import type { Act, Part } from '../part.ts'
import { lasting, returnStatedMs, stateAt } from './counter.ts'
import { checkAllowance } from './allowance.ts'
import { checkNetwork, isTakenAsUnpaid, isUndecided } from './oracle.ts'
import { checkReceivable } from './receivable.ts'
import { DAY_MS, type CounterEvent, type NetworkPlan } from './plan.ts'
import { judge, readingsOf, type Judged, type Shown } from './readings.ts'

/** A backup is restored once in a while. */
const MOST_TIMES = 3

const SIGNED = ['--by', 'Ada', '--why', 'the dashboard of the network'] as const

export function createNetwork(plan: NetworkPlan, startMs: number): Part {
  const host = `${plan.name}.network.test`
  const key = `KEY_${plan.name.toUpperCase().replaceAll('-', '_')}`
  const log: Shown[] = []
  /** People have stated what was to be stated by then. */
  let saidThroughMs = 0
  let nowMs = startMs
  let timesSaid = 0
  let isProved = false
  /** The newest word about a reading, by its answer, and how often it was said: a restored backup may know nothing of it. */
  const words = new Map<string, { readonly word: string; readonly times: number; readonly filedMs?: number }>()

  const decide = (books: Books, ms: number): readonly Act[] => {
    if (plan.shows === 'unpaid' && timesSaid < MOST_TIMES && ms >= plan.saidMs && !isTakenAsUnpaid(books, plan.name)) {
      timesSaid += 1
      return [{ atMs: ms, argv: ['counters', 'mode', plan.name, 'unpaid', ...SIGNED], allowedAgain: [2] }]
    }
    if (!isProved && isUndecided(books, plan.name)) {
      isProved = true
      // Whatever the differences are, nothing is proved beside it: findings.
      return [{ atMs: ms, argv: ['reconcile', 'proofs'], allowed: [1] }]
    }
    for (const reading of judge(plan, startMs, readingsOf(books, plan, log))) {
      const last = words.get(reading.shown.sha256)
      const said = last?.word
      if (!isAsked(reading, said)) continue
      const { event } = reading
      // What came before is looked at first: it says what this one rests on.
      if (ms < seenMs(plan, reading)) return []
      if (said === undefined && event !== null && event.slip !== null && event.slip !== reading.word) {
        words.set(reading.shown.sha256, { word: event.slip, times: 1 })
        // What does not fit is refused.
        return [{ ...decision(ms, reading.place, event.slip, null), allowed: [0, 1, 2] }]
      }
      // Said again and again would be no way out.
      const times = last?.word === reading.word ? last.times : 0
      // What came of a file is looked at the next evening.
      if (last?.filedMs === ms || (times > 0 && (reading.decidedAs === reading.word || times === MOST_TIMES))) continue
      const isFiled = times === 0 && isToldByFile(reading)
      words.set(reading.shown.sha256, { word: reading.word, times: times + 1, ...(isFiled ? { filedMs: ms } : {}) })
      return [isFiled ? dayTotal(plan, reading, ms) : decision(ms, reading.place, reading.word, reading.earned)]
    }
    return []
  }

  return {
    name: plan.name,
    // A cache of the network's is the world's matter: what it shows then has to be known.
    sites: [{ host, answer: () => answered(plan, log, nowMs), spared: ['stale'] }],
    config: { sources: [sourceText(plan, host, key)] },
    env: { [key]: 'secret' },
    advance: (ms) => void (nowMs = Math.max(nowMs, ms)),
    acts: (fromMs, throughMs) => {
      saidThroughMs = throughMs
      return evidence(plan, startMs, fromMs, throughMs)
    },
    answers: decide,
    check: (books, when) => {
      const seen = readingsOf(books, plan, log)
      const slips = new Set(seen.readings.filter(({ shown }) => words.has(shown.sha256)).map(({ place }) => place))
      const readings = judge(plan, startMs, seen)
      const facts = { plan, readings, unknown: seen.unknown, slips, isSaid: timesSaid > 0, startMs }
      const owed = checkReceivable(plan, nowMs, saidThroughMs, books)
      return [...checkNetwork(facts, books, when), ...owed, ...checkAllowance(plan, books, when)]
    },
  }
}

/** What the account shows then, kept in `log`. */
function answered(plan: NetworkPlan, log: Shown[], nowMs: number): SiteReply {
  const event = lasting(plan, nowMs)
  if (event?.kind === 'silent') return { status: 500, headers: {}, body: 'Internal Server Error' }
  if (event?.kind === 'bad') return json(badStats(plan, event))
  const last = log.findLast(({ isLie }) => !isLie)
  const ofMs = event?.kind === 'cached' && last !== undefined ? last.ofMs : nowMs
  const state = stateAt(plan, ofMs)
  const isLie = event?.kind === 'wrong' || event?.kind === 'mistaken'
  const amount = isLie ? event.size : state.amount
  const traffic = isLie ? event : state
  const body = statsText(plan.role, amount, traffic.impressions, traffic.clicks, `${plan.name}-${log.length + 1}`)
  log.push({ ms: nowMs, ofMs, amount, truth: state.truth, isLie, sha256: hash('sha256', body) })
  return json(body)
}

/** When somebody looks at it. */
function seenMs(plan: NetworkPlan, { event, isMisdated, shown }: Judged): number {
  if (isMisdated) return plan.misdatedSeenMs ?? 0
  return event === null ? 0 : Math.min(shown.ms + event.patienceMs, plan.decidedMs)
}

/** Whether a person has something to say of it that is not said yet. */
function isAsked({ word, status, role, decidedAs, change, expected }: Judged, said: string | undefined): boolean {
  if (word === 'baseline' || word === 'none' || role === 'waiting') return false
  if (said !== undefined && said !== word) return true
  if (word === 'reject') return status !== 'rejected'
  if (word === 'other-account') return decidedAs !== word
  // Of several payouts between two readings no more are taken than the fall needs.
  return status === 'held' || (isOfPayout(word) && status === 'booked' && change !== expected)
}

/** Somebody has the day's total from the network's own page, and puts it into a file: it decides a rise that is held. */
function isToldByFile({ status, word, expected, change, event }: Judged): boolean {
  const isRise = word === 'repost' || word === 'spike-ok'
  return isRise && status === 'held' && expected === change && event !== null && event.form % 2 === 0
}

function dayTotal({ name: source, role }: NetworkPlan, { day, change }: Judged, atMs: number): Act {
  const kind = role === 'publisher' ? 'day-earned' : 'day-spent'
  const content = `date,source,kind,amount,currency,reference,note\n${day},${source},${kind},${amountText(change, 8)},USD,,\n`
  const name = `${source}-total-${day}-${atMs}.csv`
  return { atMs, file: { name, content }, argv: ['evidence', 'import', `files/${name}`] }
}

function isOfPayout(word: string): boolean {
  return word === 'payout' || word === 'payout-returned'
}

function decision(atMs: number, place: string, word: string, earned: bigint | null): Act {
  // Said again after it was heard, it is refused: it is decided already.
  const allowedAgain = [2]
  if (word === 'reject') return { atMs, argv: ['counters', 'reject', place, ...SIGNED], allowedAgain }
  const beside = earned === null ? [] : ['--earned', amountText(earned, 8)]
  return { atMs, argv: ['counters', 'accept', place, '--as', word, ...beside, ...SIGNED], allowedAgain }
}

function json(body: string): SiteReply {
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}

/** A field more than documented, as services have: here it tells answers apart, whatever clock they were read by. */
function statsText(role: string, amount: bigint, impressions: number, clicks: number, request: string): string {
  const money = role === 'publisher' ? 'earnings' : 'spent'
  return `{"success":true,"request":"${request}","role":"${role}","stats":{"impressions":${impressions},"clicks":${clicks},"${money}":${amountText(amount, 8)}}}`
}

function badStats({ role }: NetworkPlan, { form }: CounterEvent): string {
  const money = role === 'publisher' ? 'earnings' : 'spent'
  const other = role === 'publisher' ? 'advertiser' : 'publisher'
  switch (form) {
    case 0:
      return '{"success":false,"error":"Maintenance"}'
    case 1:
      return `{"success":true,"role":"${role}","stats":{"impressions":1,"clicks":1,"${money}":null}}`
    case 2:
      return statsText(other, 0n, 1, 1, 'other')
    case 3:
      return `{"success":true,"role":"${role}","stats":{"impressions":1,"clicks":1}}`
    case 4:
      return `{"success":true,"role":"${role}","stats":{"impressions":1,"clicks":1,"${money}":-4.15}}`
    default:
      return `{"success":true,"role":"${role}","stats":{"impressions":1,"clicks":1,"${money}":""}}`
  }
}

function sourceText(plan: NetworkPlan, host: string, key: string): string {
  const lines = [
    `name: ${plan.name}`,
    'type: payelancer',
    `baseUrl: http://${host}`,
    `apiKey: { env: ${key} }`,
    'currency: USD',
    `timeZone: ${plan.zone}`,
    `role: ${plan.role}`,
  ]
  if (plan.reviewAbove !== null) lines.push(`reviewAbove: '${plan.reviewAbove}'`)
  if (plan.role === 'publisher') {
    const withheld = plan.withholdingPercent === 0 ? '' : `, withholdingPercent: '${plan.withholdingPercent}'`
    const allowed = plan.allowancePercent === undefined ? '' : `, allowancePercent: '${plan.allowancePercent}'`
    lines.push(
      `payouts: { schedule: ${plan.schedule}, minimum: '50', dueDays: ${plan.dueDays}, account: ${plan.account}${withheld}${allowed} }`,
    )
  }
  return lines.join('\n')
}

function evidence(plan: NetworkPlan, startMs: number, fromMs: number, throughMs: number): readonly Act[] {
  const isDue = (ms: number | null): boolean => ms !== null && ms > fromMs && ms <= throughMs
  const rows: string[] = []
  const row = (ms: number, kind: string, amount: bigint, reference: string): void => {
    const at = new Date(ms).toISOString().slice(0, 19)
    rows.push(`${at}Z,${plan.name},${kind},${amountText(amount, 8)},USD,${reference},`)
  }
  if (plan.isOpeningStated && fromMs <= startMs) {
    row(startMs, 'opening-balance', plan.role === 'publisher' ? plan.owed : 500n * 100_000_000n, '')
    row(startMs, 'opening-counter', plan.counter, '')
  }
  const { paid } = stateAt(plan, throughMs)
  for (const { id, atMs, statedMs, feeCents } of plan.payouts) {
    const gross = paid.get(id)
    if (gross === undefined || !isDue(statedMs === null ? null : Math.max(statedMs, atMs))) continue
    row(atMs, 'payout', gross, id)
    if (feeCents > 0) row(atMs, 'payout-fee', BigInt(feeCents) * 1_000_000n, id)
  }
  for (const payout of plan.payouts) {
    const gross = paid.get(payout.id)
    const { id, returnedMs } = payout
    if (gross === undefined || returnedMs === null || !isDue(returnStatedMs(payout))) continue
    row(returnedMs, 'payout-returned', gross, id)
  }
  for (const { id, atMs, statedMs, amount, bonus } of plan.topUps) {
    if (!isDue(statedMs)) continue
    row(atMs, 'top-up', amount, id)
    if (bonus > 0n) row(atMs, 'bonus', bonus, `${id}B`)
  }
  for (const { day, statedMs } of plan.dayTotals ?? []) {
    if (!isDue(statedMs)) continue
    const [from, through] = [stateAt(plan, startMs + day * DAY_MS), stateAt(plan, startMs + (day + 1) * DAY_MS - 1)]
    const kind = plan.role === 'publisher' ? 'day-earned' : 'day-spent'
    row(startMs + day * DAY_MS, kind, through.truth - from.truth, '')
  }
  if (rows.length === 0) return []
  const name = `${plan.name}-evidence-${throughMs}.csv`
  const content = `date,source,kind,amount,currency,reference,note\n${rows.join('\n')}\n`
  return [{ atMs: throughMs, file: { name, content }, argv: ['evidence', 'import', `files/${name}`] }]
}
