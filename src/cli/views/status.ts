/** Where the books stand, on one screen and as a document: times as UTC instants, ages in words. */
import type { BookStatus, SourceStatus } from '../../pipeline/status/book-status.ts'
import { counted, type Column } from '../output.ts'
import type { Session } from '../session.ts'
import { stateText } from './connections.ts'
import { exceptionGroupView, exceptionLines } from './exceptions.ts'
import { runView } from './runs.ts'

export interface ShownStatus {
  readonly status: BookStatus
  /** Journals a person may approve, and those a missing account holds back. */
  readonly journals: { readonly waiting: number; readonly held: number }
}

export function statusView({ status, journals }: ShownStatus) {
  const { book, lastRun, lastNight, runningNow, nextDueMs, tick, sources, targets, webhooks, exceptions } = status
  return {
    book,
    lastNight: lastNight === null ? null : runView(lastNight),
    lastRun: lastRun === null ? null : runView(lastRun),
    runningNow,
    schedule: {
      nextDueAt: iso(nextDueMs),
      lastStarted:
        tick === null
          ? null
          : {
              dueAt: iso(tick.dueAtMs),
              status: tick.status,
              outcome: tick.outcome === '' ? null : tick.outcome,
              attempts: tick.attempts,
              retryAt: isoOrNull(tick.retryAtMs),
              detail: tick.detail,
            },
    },
    sources: sources.map(({ lastReadingMs, oldestUnconfirmedMs, ...source }) => ({
      ...source,
      lastReadingAt: isoOrNull(lastReadingMs),
      oldestUnconfirmedAt: isoOrNull(oldestUnconfirmedMs),
    })),
    targets: targets.map(({ config, connection, health }) => ({
      name: config.name,
      type: config.type,
      state: health?.state ?? 'never',
      company: connection === null ? null : { id: connection.company_id, name: connection.company_name },
    })),
    webhooks,
    exceptions: exceptions.map(exceptionGroupView),
    journals,
  }
}

export function statusLines(session: Pick<Session, 'table'>, shown: ShownStatus, nowMs: number): readonly string[] {
  const { status, journals } = shown
  const { webhooks } = status
  const unconfirmed = status.sources.reduce((sum, source) => sum + source.unconfirmed, 0)
  return [
    `Book ${status.book}`,
    `Last night: ${lastNightText(status, nowMs)}`,
    `Schedule:   ${scheduleText(status, nowMs)}`,
    `Now:        ${nowText(status)}`,
    `Webhooks:   ${counted(webhooks.waiting, 'delivery', 'deliveries')} to take in, ${counted(unconfirmed, 'update')} not confirmed by an answer, ${counted(webhooks.duplicates, 'duplicate')}.`,
    `Journals:   ${journals.waiting} waiting for approval, ${journals.held} held back by a missing account.`,
    ...(status.targets.length === 0 ? [] : [`Targets:    ${status.targets.map(targetText).join('; ')}.`]),
    '',
    ...session.table(
      SOURCE_COLUMNS,
      status.sources.map((source) => sourceRow(source, nowMs)),
    ),
    '',
    ...exceptionLines(status),
  ]
}

const right = (title: string): Column => ({ title, align: 'right' })
const SOURCE_COLUMNS: readonly Column[] = [
  { title: 'Source' },
  { title: 'Type' },
  { title: 'Last read' },
  right('Orders due'),
  right('Orders open'),
  right('Refunds waiting'),
  right('Unconfirmed'),
]

function sourceRow(source: SourceStatus, nowMs: number): readonly string[] {
  const { name, type, lastReadingMs, orders, unconfirmed, oldestUnconfirmedMs } = source
  const numbers = orders === null ? ['', '', ''] : [orders.due, orders.open, orders.unclear].map(String)
  const since = oldestUnconfirmedMs === null ? '' : ` (${age(oldestUnconfirmedMs, nowMs)})`
  return [
    name,
    type,
    lastReadingMs === null ? 'never' : `${age(lastReadingMs, nowMs)} ago`,
    ...numbers,
    `${unconfirmed}${since}`,
  ]
}

function lastNightText({ lastNight }: BookStatus, nowMs: number): string {
  const finishedAtMs = lastNight?.finishedAtMs ?? null
  if (lastNight === null || finishedAtMs === null) return 'none yet; tieout sync runs one.'
  const night = lastNight.arguments['night'] ?? ''
  return `${night}, run ${lastNight.id}, finished ${iso(finishedAtMs)} (${age(finishedAtMs, nowMs)} ago).`
}

function scheduleText({ book, nextDueMs, tick }: BookStatus, nowMs: number): string {
  const next = `next due ${iso(nextDueMs)} (in ${age(nowMs, nextDueMs)})`
  if (tick === null) return `${next}; tieout serve has not started a night yet.`
  const started = `${next}; the one due ${iso(tick.dueAtMs)}`
  switch (tick.status) {
    case 'done':
      return `${started} is done.`
    case 'running':
      return `${started} is running, attempt ${tick.attempts}.`
    case 'failed':
      return `${started} FAILED: ${tick.detail} When that is put right, run tieout sync --book ${book}.`
    case 'retry':
      return `${started} ${ENDED[tick.outcome]}is tried again at ${iso(tick.retryAtMs ?? nowMs)}: ${tick.detail}`
  }
}

const ENDED: Readonly<Record<NonNullable<BookStatus['tick']>['outcome'], string>> = {
  '': '',
  done: '',
  stopped: '',
  busy: '',
  incomplete: '',
  transient: 'FAILED and ',
  crashed: 'CRASHED and ',
  failed: 'FAILED and ',
}

function nowText({ runningNow, lastRun }: BookStatus): string {
  if (runningNow !== null) {
    const what = lastRun === null ? 'a run' : `run ${lastRun.id} (${lastRun.kind})`
    return `${what} is at work, process ${runningNow.process} on ${runningNow.host}.`
  }
  if (lastRun?.status !== 'stopped') return 'idle.'
  const run = `run ${lastRun.id} (${lastRun.kind})`
  if (lastRun.failure === null) return `idle; ${run} was stopped half-way, and the next of its kind takes it up.`
  return `idle; ${run} FAILED: ${lastRun.failure} The next of its kind takes it up.`
}

function targetText({ config, connection, health }: BookStatus['targets'][number]): string {
  const state = `${config.name} ${stateText(health)}`
  const isOn = health?.state === 'good' || health?.state === 'ends-soon'
  if (connection !== null && isOn) {
    return `${state} to ${connection.company_name === '' ? connection.company_id : connection.company_name}`
  }
  if (health?.state === 'failing') return `${state}: ${health.why.replace(/\.$/, '')}`
  return `${state}: run tieout connect ${config.name}`
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const

/** "3 h", "2 d": one unit, rounded down. */
function age(fromMs: number, toMs: number): string {
  const ms = Math.max(0, toMs - fromMs)
  const [size, name] = UNITS.find(([unit]) => ms >= unit) ?? [1000, 's']
  return `${Math.floor(ms / size)} ${name}`
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms)
}
