/** One message as a channel gets it, and the words it is made of: the same on every channel, however each dresses them. */
import type { AlertEvent, AlertSeverity } from '../domain/alerts/alert.ts'
import { ageText, instantText } from '../domain/alerts/alert-text.ts'

export interface Notice {
  /** The same each time a message is sent, so that a receiver can drop a second copy. */
  readonly id: string
  readonly event: AlertEvent | 'test'
  readonly severity: AlertSeverity
  readonly book: string
  readonly rule: string
  readonly object: string
  readonly title: string
  readonly detail: string
  readonly firstSeenMs: number
  readonly atMs: number
}

export type Delivered =
  | { readonly ok: true }
  | {
      readonly ok: false
      /** A sentence without secrets: what happened and what to do. */
      readonly message: string
      /** True when the channel works and refuses this very message. */
      readonly refused: boolean
    }

/** Says a notice through one channel. Never throws, and never takes longer than its limits. */
export type Speak = (notice: Notice, signal: AbortSignal) => Promise<Delivered>

const MARKS: Readonly<Record<Notice['event'], (notice: Notice) => string>> = {
  opened: ({ severity }) => (severity === 'critical' ? 'CRITICAL' : 'Warning'),
  raised: () => 'CRITICAL, worse than before',
  repeated: ({ severity }) => (severity === 'critical' ? 'CRITICAL, still' : 'Warning, still'),
  resolved: () => 'Resolved',
  test: () => 'Test',
}

/** "CRITICAL: agency: run 12 failed" */
export function headline(notice: Notice): string {
  return `${MARKS[notice.event](notice)}: ${notice.title}`
}

/** What is the matter and what to do; of one that is over, how long it lasted. */
export function bodyText({ event, detail, firstSeenMs, atMs }: Notice): string {
  if (event === 'resolved') return `Over after ${ageText(atMs - firstSeenMs)}; it began ${instantText(firstSeenMs)}.`
  return event === 'repeated' ? `${detail} Open since ${instantText(firstSeenMs)}.` : detail
}

export function testNotice(channel: string, atMs: number): Notice {
  return {
    id: `test-${atMs}`,
    event: 'test',
    severity: 'critical',
    book: '',
    rule: 'test',
    object: channel,
    title: `tieout can reach ${channel}`,
    detail: 'Nothing is wrong: somebody asked for a test with tieout alerts test.',
    firstSeenMs: atMs,
    atMs,
  }
}
