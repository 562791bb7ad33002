/**
 * When something is worth an alert: a table of pure rules over what the database says about one book. A rule that lacks
 * its facts (no reading yet, too few days) finds nothing. Every alert says the figures and what to do next.
 */
import type {
  Alert,
  AlertRule,
  AlertRules,
  BacklogFacts,
  BookFacts,
  BrokenRun,
  ExceptionFacts,
  SourceFacts,
} from './alert.ts'
import { ALERT_RULES } from './alert.ts'
import { clicksFell, proofDiffers, runway, sourceFailed, spendSpike, walletBelow } from './alert-sources.ts'
import { ageText, instantText } from './alert-text.ts'
import { connectionHealth, type ConnectionFacts } from './connection-health.ts'
import { formatMoney } from '../money/money.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
/** Trouble that lasts this many times as long as it may becomes critical. */
const CRITICAL_TIMES = 3

type Condition<Rule extends AlertRule> = (
  facts: BookFacts,
  threshold: NonNullable<AlertRules[Rule]>,
) => readonly Omit<Alert, 'rule'>[]

const CONDITIONS: { readonly [Rule in AlertRule]: Condition<Rule> } = {
  runFailed,
  runLate,
  sourceFailed,
  sourceStale: (facts, limit) => facts.sources.flatMap((source) => stale(facts, source, limit.hours)),
  walletBelow,
  runway,
  clicksFell,
  spendSpike,
  exceptionsOpen: (facts, limit) => facts.exceptions.flatMap((group) => exceptionsOpen(facts, group, limit)),
  unconverged: (facts, limit) => facts.backlog.flatMap((backlog) => unconverged(facts, backlog, limit.hours)),
  proofDiffers,
  connectionLost: (facts, limit) => facts.connections.flatMap((each) => connectionLost(facts, each, limit.days)),
}

/** Every alert the book deserves now, at most one per rule and object. */
export function findAlerts(facts: BookFacts, rules: AlertRules): readonly Alert[] {
  return ALERT_RULES.flatMap((rule) => apply(rule, facts, rules))
}

function apply<Rule extends AlertRule>(rule: Rule, facts: BookFacts, rules: AlertRules): readonly Alert[] {
  const threshold = rules[rule]
  if (threshold === null) return []
  return CONDITIONS[rule](facts, threshold).map((found) => ({ rule, ...found }))
}

function runFailed({ book, runs }: BookFacts) {
  if (runs.broken === null) return []
  const { source, startedAtMs, reason } = runs.broken
  const what = brokenText(runs.broken)
  const why = reason === null ? 'The program or the machine stopped without saying why.' : reason
  return [
    {
      object: '',
      severity: 'critical' as const,
      title: `${book}: ${what} failed`,
      detail: `${what.charAt(0).toUpperCase()}${what.slice(1)}, started ${instantText(startedAtMs)}, did not finish. ${why} Run tieout sync --book ${book}${source === null ? '' : ` --source ${source}`}; it goes on where it stood.`,
    },
  ]
}

/** "the night 2026-11-01 (run 7)", "the sync of netpanel alone for 2026-11-01 (run 8)", "the night" before it had a run. */
export function brokenText({ id, night, source }: BrokenRun): string {
  if (id === null) return 'the night'
  const day = night ?? 'of an unknown day'
  return source === null ? `the night ${day} (run ${id})` : `the sync of ${source} alone for ${day} (run ${id})`
}

function runLate({ book, nowMs, runs }: BookFacts) {
  const { dueMs, firstStartedMs, scheduledSinceMs, lastFinishedMs } = runs
  // Before that a book is being set up, and nobody waits for it. A daemon runs only what falls due while it knows the book.
  const sinceMs = lastFinishedMs ?? scheduledSinceMs ?? firstStartedMs
  if (dueMs === null || sinceMs === null || sinceMs > dueMs) return []
  const lateMs = nowMs - dueMs
  if (lastFinishedMs === dueMs) return []
  const last =
    lastFinishedMs === null ? 'No night has finished yet.' : `The last one finished ${instantText(lastFinishedMs)}.`
  return [
    {
      object: '',
      severity:
        lateMs > DAY_MS || nextMissed(runs.lastFinishedMs, dueMs) ? ('critical' as const) : ('warning' as const),
      title: `${book}: the night is late`,
      detail: `The night due ${instantText(dueMs)} has not finished after ${ageText(lateMs)}. ${last} See whether tieout serve is running, or run tieout sync --book ${book}.`,
    },
  ]
}

/** More than one night lies between the last finished one and the one that is due. */
function nextMissed(lastFinishedMs: number | null, dueMs: number): boolean {
  return lastFinishedMs !== null && dueMs - lastFinishedMs > DAY_MS + 12 * HOUR_MS
}

function stale(facts: BookFacts, source: SourceFacts, hours: number) {
  const sinceMs = source.lastReadingMs ?? facts.runs.firstStartedMs
  if (sinceMs === null) return []
  const ageMs = facts.nowMs - sinceMs
  if (ageMs <= hours * HOUR_MS) return []
  const last =
    source.lastReadingMs === null
      ? `${source.name} has never given a figure that could be accepted`
      : `The last figure of ${source.name} that could be accepted is from ${instantText(source.lastReadingMs)}, ${ageText(ageMs)} ago`
  return [
    {
      object: source.name,
      severity: severityOf(ageMs > CRITICAL_TIMES * hours * HOUR_MS),
      title: `${facts.book}: nothing new from ${source.name}`,
      detail: `${last}. Its figures in the books are old. Run tieout doctor --book ${facts.book} to see what is wrong.`,
    },
  ]
}

function exceptionsOpen(
  { book, nowMs }: BookFacts,
  group: ExceptionFacts,
  { olderThanDays, amountAbove }: NonNullable<AlertRules['exceptionsOpen']>,
) {
  const { source, code, currency, count, oldestMs, largest } = group
  const isOld = nowMs - oldestMs > olderThanDays * DAY_MS
  const isLarge = largest !== null && largest > amountAbove
  if (!isOld && !isLarge) return []
  const amount =
    largest === null ? '' : `, the largest ${formatMoney(largest)}${currency === null ? '' : ` ${currency}`}`
  const of = source === '' ? '' : ` of ${source}`
  const filter = source === '' ? '' : ` --source ${source}`
  return [
    {
      object: [source, code, currency ?? ''].filter((part) => part !== '').join(' '),
      severity: severityOf(isLarge),
      title: `${book}: ${code}${of} is ${isLarge ? 'large' : 'getting old'}`,
      detail: `${count} open, the oldest for ${ageText(nowMs - oldestMs)}${amount}. See tieout todo --book ${book}${filter} --code ${code}.`,
    },
  ]
}

function unconverged({ book, nowMs }: BookFacts, { object, what, count, oldestMs }: BacklogFacts, hours: number) {
  const ageMs = nowMs - oldestMs
  if (ageMs <= hours * HOUR_MS) return []
  return [
    {
      object,
      severity: severityOf(ageMs > CRITICAL_TIMES * hours * HOUR_MS),
      title: `${book}: evidence waits to be booked`,
      detail: `${count} ${what} wait, the oldest for ${ageText(ageMs)}. The next tieout sync --book ${book} should take them in; if it does not, see tieout status.`,
    },
  ]
}

function connectionLost(
  { book, nowMs }: BookFacts,
  facts: ConnectionFacts,
  days: number,
): readonly Omit<Alert, 'rule'>[] {
  const { target, type, company } = facts
  const health = connectionHealth(facts, nowMs, days)
  const next = `Run tieout connect ${target} --book ${book}.`
  if (health.state === 'lost') {
    return [
      {
        object: target,
        severity: 'critical',
        title: `${book}: ${target} must be connected again`,
        detail: `Nothing can be delivered to ${company} (${type}). ${health.why} ${next} What waits is delivered then.`,
      },
    ]
  }
  if (health.state === 'failing') {
    return [
      {
        object: target,
        severity: 'warning',
        title: `${book}: ${target} gives no access`,
        detail: `No token for ${company} (${type}) has come since ${instantText(health.sinceMs)}. ${health.why} Nothing is lost; what waits is delivered once it works.`,
      },
    ]
  }
  if (health.state !== 'ends-soon') return []
  const how = health.isHard ? 'whatever is done' : 'unless a delivery uses it before'
  return [
    {
      object: target,
      severity: 'warning',
      title: `${book}: the consent for ${target} ends soon`,
      detail: `Access to ${company} (${type}) ends ${instantText(health.endsAtMs)}, ${how}. ${next}`,
    },
  ]
}

function severityOf(isCritical: boolean): Alert['severity'] {
  return isCritical ? 'critical' : 'warning'
}
