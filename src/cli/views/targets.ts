/** Targets as lines and JSON: how each stands, and its account balances beside the ledger's. */
import { abs, formatExact, formatMoney, type Units } from '../../domain/money/money.ts'
import { OUTBOX_STATES, type OutboxState } from '../../domain/journals/outbox.ts'
import type { TargetTieOut } from '../../pipeline/delivery/tie-out-targets.ts'
import type { DriftReport } from '../../targets/outbox/drift.ts'
import type { TargetNotes } from '../../targets/outbox/pause.ts'
import type { HistoryLine, OutboxRow } from '../../targets/outbox/row.ts'
import { counted, type Column } from '../output.ts'
import type { Session } from '../session.ts'
import { isoOrNull } from './deliver.ts'

export interface TargetStanding {
  readonly target: string
  readonly type: string
  readonly connection: string
  readonly states: Readonly<Record<OutboxState, number>>
  /** Approved journals of its days that are not in the outbox yet. */
  readonly missing: number
  readonly notes: TargetNotes
}

export const TARGET_COLUMNS: readonly Column[] = [
  { title: 'Target' },
  { title: 'Type' },
  { title: 'Connection' },
  ...['Not queued', 'Queued', 'Unknown', 'Held', 'Refused', 'Delivered', 'Verified'].map((title): Column => ({
    title,
    align: 'right',
  })),
  { title: 'Last delivery' },
  { title: 'Last check' },
]

export function targetCells({ target, type, connection, states, missing, notes }: TargetStanding): readonly string[] {
  const counts = [missing, states.queued + states.sending, states.unknown, states.held, states.refused]
  const all = [...counts, states.delivered, states.verified]
  return [target, type, connection, ...all.map(String), minute(notes.passedAtMs), minute(notes.changesSeenMs)]
}

function minute(ms: number | null): string {
  return ms === null ? 'never' : new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}

export function targetView({ notes, ...standing }: TargetStanding) {
  return {
    ...standing,
    pausedUntil: isoOrNull(notes.pausedUntilMs),
    trouble: notes.trouble,
    lastDelivery: isoOrNull(notes.passedAtMs),
    changesSeen: isoOrNull(notes.changesSeenMs),
    everythingSeen: isoOrNull(notes.allSeenMs),
  }
}

export function targetNotes(standings: readonly TargetStanding[]): readonly string[] {
  return standings.flatMap(({ target, notes: { trouble, pausedUntilMs } }) => [
    ...(trouble === null ? [] : [`${target}: ${trouble}`]),
    ...(pausedUntilMs === null ? [] : [`${target}: asked to wait until ${isoOrNull(pausedUntilMs)}.`]),
  ])
}

const TIE_COLUMNS: readonly Column[] = [
  { title: 'Account' },
  { title: 'Cur' },
  ...['Ledger', 'Delivered', 'There', 'Difference', 'Explained', 'Unexplained'].map((title): Column => ({
    title,
    align: 'right',
  })),
]

export function tieOutView({ target, answer, accountNames }: TargetTieOut) {
  if (!answer.ok) return { target, isTied: false, stopped: answer.stop.message }
  const { accounts, explanations, strange, isTied } = answer.tieOut
  const exact = (units: Units): string => formatExact(units)
  return {
    target,
    isTied,
    accounts: accounts.map((each) => ({
      account: each.account,
      name: accountNames.get(each.account) ?? null,
      currency: each.currency,
      ledger: exact(each.ledger),
      delivered: exact(each.delivered),
      target: exact(each.target),
      difference: exact(each.difference),
      explained: exact(each.explained),
      unexplained: exact(each.unexplained),
    })),
    explanations,
    strange,
  }
}

export function tieOutLines(session: Session, tied: TargetTieOut): readonly string[] {
  const { target, answer, accountNames } = tied
  if (!answer.ok) return [`${target} could not be read: ${answer.stop.message}`]
  const { accounts, explanations, strange, isTied } = answer.tieOut
  const rows = accounts.map((each) => [
    `${each.account} ${accountNames.get(each.account) ?? ''}`.trim(),
    each.currency,
    ...[each.ledger, each.delivered, each.target, each.difference, each.explained, each.unexplained].map((units) =>
      formatMoney(units),
    ),
  ])
  const waiting = explanations.map(({ document, reason }) => `  ${document}: ${wordsFor(reason)}`)
  return [
    ...(accounts.length === 0 ? [] : session.table(TIE_COLUMNS, rows)),
    ...(waiting.length === 0
      ? []
      : [`${counted(waiting.length, 'entry explains', 'entries explain')} what differs:`, ...waiting]),
    ...strange,
    isTied
      ? `${target} ties out: ${counted(accounts.length, 'account')}, nothing unexplained.`
      : `${target} does not tie out. Run tieout targets drift --all --target ${target} and see tieout exceptions list.`,
  ]
}

/** One line per target, where a table would be too much. */
export function tieOutSummary({ target, answer }: TargetTieOut, delivered: number): string {
  if (!answer.ok) return `${target}: could not be read: ${answer.stop.message}`
  const { accounts, isTied } = answer.tieOut
  const most = accounts.reduce((max, { difference }) => (abs(difference) > max ? abs(difference) : max), 0n)
  const verdict = isTied ? 'ties out' : 'DOES NOT TIE OUT'
  return `${target} ${verdict}: ${counted(delivered, 'entry', 'entries')} read back and equal, ${counted(accounts.length, 'account')}, largest difference ${formatMoney(most)}.`
}

/** A state of the outbox, or why a journal could not be built. */
function wordsFor(reason: string): string {
  const states: Readonly<Record<string, string>> = OUTBOX_STATES
  const words = states[reason]
  return words === undefined ? reason : `${reason}, ${words}`
}

export function driftLines(target: string, { scope, checked, findings, stopped }: DriftReport): readonly string[] {
  const what = scope === 'all' ? 'everything delivered' : 'what changed since the last look'
  return [
    `${target}: looked at ${what}, ${counted(checked.length, 'entry', 'entries')} compared, ${counted(findings.length, 'difference')}.`,
    ...findings.map(({ code, detail }) => `  ${code}: ${detail}`),
    ...(stopped === null ? [] : [`  The check did not come to its end: ${stopped.message}`]),
  ]
}

export function historyLines(row: OutboxRow, history: readonly HistoryLine[]): readonly string[] {
  return [
    `${row.document} to ${row.target}: ${row.state}, ${OUTBOX_STATES[row.state]}`,
    `Payload ${row.revision} (${row.reason}), SHA-256 ${row.bodySha256}${row.remoteId === null ? '' : `, id ${row.remoteId} there`}`,
    ...history.map(({ atMs, from, to, message, byPerson }) => {
      const who = byPerson === null ? '' : ` [${byPerson}]`
      return `  ${new Date(atMs).toISOString()} ${from} to ${to}: ${message}${who}`
    }),
  ]
}
