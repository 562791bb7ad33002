/** /metrics in Prometheus' text format: the books' own tables, and what this process has counted since it started. */
import type { BookStatus } from '../pipeline/status/book-status.ts'
import type { WebCounters } from './counters.ts'
import { isBroken } from './health.ts'

type Labels = Readonly<Record<string, string>>

export interface RunCount {
  readonly book: string
  readonly kind: string
  readonly status: string
  readonly count: number
}

interface Family {
  readonly name: string
  readonly type: 'gauge' | 'counter' | 'histogram'
  readonly help: string
  readonly samples: readonly (readonly [Labels, number, suffix?: string])[]
}

export function metricsText(
  statuses: readonly BookStatus[],
  runs: readonly RunCount[],
  counters: WebCounters,
  commits: number,
): string {
  return [...bookFamilies(statuses, runs), ...processFamilies(counters, commits)].map(familyText).join('')
}

function bookFamilies(statuses: readonly BookStatus[], runs: readonly RunCount[]): readonly Family[] {
  return [
    gauge('runs', 'Runs recorded, by kind and status.', runs.map(runSample)),
    ...BOOK_GAUGES.map(([name, help, value]) =>
      gauge(
        name,
        help,
        statuses.flatMap((each) => bookSample(each, value(each))),
      ),
    ),
    ...SOURCE_GAUGES.map(([name, help, value]) =>
      gauge(
        name,
        help,
        statuses.flatMap(({ book, sources }) => sources.flatMap((each) => sourceSample(book, each, value(each)))),
      ),
    ),
    gauge('exceptions_open', 'Open exceptions, by source and code.', statuses.flatMap(exceptionSamples)),
  ]
}

type SourceStatus = BookStatus['sources'][number]
type Sample = Family['samples'][number]

/** Name, help, and the value; null when there is none to give. */
const BOOK_GAUGES: readonly (readonly [string, string, (status: BookStatus) => number | null])[] = [
  ['run_active', '1 while somebody writes to the book.', ({ runningNow }) => (runningNow === null ? 0 : 1)],
  [
    'last_success_timestamp_seconds',
    'When the last night came to its end.',
    ({ lastNight }) => seconds(lastNight?.finishedAtMs ?? null),
  ],
  ['next_due_timestamp_seconds', 'When the next night is due.', ({ nextDueMs }) => nextDueMs / 1000],
  [
    'night_failed',
    '1 when the newest scheduled night failed or crashed and is not done.',
    ({ tick }) => (tick !== null && isBroken(tick) ? 1 : 0),
  ],
  ['night_attempts', 'Starts of the newest scheduled night.', ({ tick }) => tick?.attempts ?? null],
  ['webhook_waiting', 'Webhook deliveries not landed.', ({ webhooks }) => webhooks.waiting],
  ['webhook_deliveries', 'Distinct deliveries in the spool.', ({ webhooks }) => webhooks.deliveries],
  ['webhook_duplicates', 'Times a delivery in the spool came again.', ({ webhooks }) => webhooks.duplicates],
]

const SOURCE_GAUGES: readonly (readonly [string, string, (source: SourceStatus) => number | null])[] = [
  [
    'source_last_reading_timestamp_seconds',
    'When the wallet or counter was last read.',
    ({ lastReadingMs }) => seconds(lastReadingMs),
  ],
  ['orders_due', 'Orders to ask about now.', ({ orders }) => orders?.due ?? null],
  ['orders_open', 'Orders not finished.', ({ orders }) => orders?.open ?? null],
  ['orders_unclear', 'Orders whose cost or refund nobody has told.', ({ orders }) => orders?.unclear ?? null],
  ['webhook_unconfirmed', 'Order updates no answer has confirmed.', ({ unconfirmed }) => unconfirmed],
]

function gauge(name: string, help: string, samples: Family['samples']): Family {
  return { name: `tieout_${name}`, type: 'gauge', help, samples }
}

function runSample({ book, kind, status, count }: RunCount): Sample {
  return [{ book, kind, status }, count]
}

function bookSample({ book }: BookStatus, value: number | null): readonly Sample[] {
  return value === null ? [] : [[{ book }, value]]
}

function sourceSample(book: string, { name }: SourceStatus, value: number | null): readonly Sample[] {
  return value === null ? [] : [[{ book, source: name }, value]]
}

function exceptionSamples({ book, exceptions }: BookStatus): readonly Sample[] {
  return exceptions.map(({ source, code, currency, count }) => [
    { book, source, code, currency: currency ?? '' },
    count,
  ])
}

function processFamilies(counters: WebCounters, commits: number): readonly Family[] {
  const counted = counters.counts()
  return [
    {
      name: 'tieout_requests_total',
      type: 'counter',
      help: 'Requests to this process, by outcome.',
      samples: counted.map(({ what, outcome, count }) => [{ what, outcome }, count]),
    },
    {
      name: 'tieout_webhook_commits_total',
      type: 'counter',
      help: 'Durable commits of deliveries.',
      samples: [[{}, commits]],
    },
    {
      name: 'tieout_request_duration_seconds',
      type: 'histogram',
      help: 'From the whole request to its durable commit.',
      samples: counters
        .durations()
        .flatMap(({ what, count, sumSeconds, buckets }) => [
          ...buckets.map(([bound, below]) => [{ what, le: String(bound) }, below, '_bucket'] as const),
          [{ what, le: '+Inf' }, count, '_bucket'] as const,
          [{ what }, sumSeconds, '_sum'] as const,
          [{ what }, count, '_count'] as const,
        ]),
    },
  ]
}

function familyText({ name, type, help, samples }: Family): string {
  if (samples.length === 0) return ''
  const lines = samples.map(([labels, value, suffix = '']) => `${name}${suffix}${labelText(labels)} ${value}`)
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n')
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escape(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000
}
