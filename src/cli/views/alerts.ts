/** Alerts and channels for people and for programs. A channel's address is a secret and is in neither. */
import type { AlertReport } from '../../alerts/evaluate.ts'
import type { ChannelState } from '../../alerts/queue.ts'
import type { ListedAlert } from '../../alerts/state.ts'
import type { ChannelConfig } from '../../config/alert-model.ts'
import { ageText } from '../../domain/alerts/alert-text.ts'
import { counted, type Column } from '../output.ts'
import type { Session } from '../session.ts'

type Tables = Pick<Session, 'table'>

export interface ChannelView {
  readonly name: string
  readonly type: string
  readonly severity: string
  readonly waiting: number
  readonly failures: number
  readonly lastDelivered: string | null
  readonly lastError: string | null
  readonly retryAt: string | null
}

export function alertView({ firstSeenMs, lastSeenMs, lastSaidMs, resolvedAtMs, ...rest }: ListedAlert) {
  return {
    ...rest,
    firstSeen: iso(firstSeenMs),
    lastSeen: iso(lastSeenMs),
    lastSaid: iso(lastSaidMs),
    resolvedAt: resolvedAtMs === null ? null : iso(resolvedAtMs),
  }
}

export function alertLines(session: Tables, alerts: readonly ListedAlert[], nowMs: number): readonly string[] {
  if (alerts.length === 0) return ['No open alerts.']
  const columns: readonly Column[] = [
    { title: 'Severity' },
    { title: 'Rule' },
    { title: 'About' },
    { title: 'Status' },
    { title: 'Age', align: 'right' },
    { title: 'Seen', align: 'right' },
    { title: 'What' },
  ]
  const rows = alerts.map((each) => [
    each.severity,
    each.rule,
    each.object,
    each.status,
    ageText((each.resolvedAtMs ?? nowMs) - each.firstSeenMs),
    String(each.timesSeen),
    `${each.title}. ${each.detail}`,
  ])
  return [...session.table(columns, rows), '', counted(alerts.length, 'alert')]
}

export function channelViews(
  channels: readonly ChannelConfig[],
  states: ReadonlyMap<string, ChannelState>,
  waiting: ReadonlyMap<string, number>,
): readonly ChannelView[] {
  return channels.map(({ name, type, severity }) => {
    const state = states.get(name)
    return {
      name,
      type,
      severity,
      waiting: waiting.get(name) ?? 0,
      failures: state?.failures ?? 0,
      lastDelivered: isoOrNull(state?.lastDeliveredAtMs),
      lastError: state?.lastError ?? null,
      retryAt: (state?.failures ?? 0) > 0 ? isoOrNull(state?.retryAtMs) : null,
    }
  })
}

export function channelLines(session: Tables, channels: readonly ChannelView[]): readonly string[] {
  if (channels.length === 0) return ['No channel is configured: nobody is told. See docs/alerts.md.']
  const columns: readonly Column[] = [
    { title: 'Channel' },
    { title: 'Type' },
    { title: 'Hears' },
    { title: 'Waiting', align: 'right' },
    { title: 'Last delivered' },
    { title: 'Trouble' },
  ]
  const rows = channels.map((each) => [
    each.name,
    each.type,
    each.severity === 'critical' ? 'critical' : 'everything',
    String(each.waiting),
    each.lastDelivered ?? 'never',
    each.lastError === null ? '' : `${each.lastError} Tried again after ${each.retryAt ?? 'the next look'}.`,
  ])
  return session.table(columns, rows)
}

export function reportView({ open, said, channels }: AlertReport, dryRun: boolean) {
  return { open, said, channels, dryRun }
}

export function reportLines(session: Tables, report: AlertReport, dryRun: boolean): readonly string[] {
  const { open, said, channels } = report
  const columns = ['Severity', 'Rule', 'About', 'What'].map((title) => ({ title }))
  const rows = open.map(({ severity, rule, object, title, detail }) => [severity, rule, object, `${title}. ${detail}`])
  return [
    ...(open.length === 0 ? ['Nothing is wrong.'] : session.table(columns, rows)),
    '',
    ...said.map(
      ({ event, title, channels: to }) => `${dryRun ? 'Would say' : 'Said'} (${event}): ${title}, ${toWhom(to)}`,
    ),
    ...(said.length === 0 ? ['Nothing new to say.'] : []),
    ...channels.flatMap(({ channel, delivered, givenUp, error }) => [
      ...(delivered > 0 ? [`${channel}: ${counted(delivered, 'message')} delivered.`] : []),
      ...(givenUp > 0 ? [`${channel}: ${counted(givenUp, 'message')} given up.`] : []),
      ...(error === null ? [] : [error]),
    ]),
    ...(dryRun ? ['Dry run: nothing was kept or sent.'] : []),
  ]
}

function toWhom(channels: readonly string[]): string {
  return channels.length === 0 ? 'to nobody: no channel wants it' : `to ${channels.join(', ')}`
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

function isoOrNull(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : iso(ms)
}
