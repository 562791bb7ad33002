/** Targets as lines and JSON: how each stands, and its account balances beside the ledger's. */
import type { TargetConnection } from '../../connections/health.ts'
import { abs, formatExact, formatMoney, type Units } from '../../domain/money/money.ts'
import { OUTBOX_STATES, type OutboxState } from '../../domain/journals/outbox.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { TargetTieOut } from '../../pipeline/delivery/tie-out-targets.ts'
import type { OpeningTotal } from '../../targets/mapping/opening-sums.ts'
import { EARLIER_MAPPING, type TieOut } from '../../targets/outbox/tie-out.ts'
import { otherBookText } from '../../targets/other-books.ts'
import type { DriftReport } from '../../targets/outbox/drift.ts'
import type { TargetNotes } from '../../targets/outbox/pause.ts'
import type { HistoryLine } from '../../targets/outbox/past.ts'
import type { OutboxRow } from '../../targets/outbox/row.ts'
import { counted, type Column } from '../output.ts'
import type { Session } from '../session.ts'
import { stateText } from './connections.ts'
import { isoOrNull } from './deliver.ts'

export interface TargetStanding {
  readonly target: string
  readonly type: string
  readonly health: TargetConnection['health']
  readonly states: Readonly<Record<OutboxState, number>>
  /** Approved journals of its days that are not in the outbox yet. */
  readonly missing: number
  /** The first accounting day that is delivered, and how many approved journals lie before it. */
  readonly from: IsoDate
  readonly earlier: number
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
  { title: 'Last run' },
  { title: 'Last check' },
]

export function targetCells({ target, type, health, states, missing, notes }: TargetStanding): readonly string[] {
  const counts = [missing, states.queued + states.sending, states.unknown, states.held, states.refused]
  const all = [...counts, states.delivered, states.verified]
  return [target, type, stateText(health), ...all.map(String), minute(notes.passedAtMs), minute(notes.changesSeenMs)]
}

function minute(ms: number | null): string {
  return ms === null ? 'never' : new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}

export function targetView({ notes, health, ...standing }: TargetStanding) {
  return {
    ...standing,
    // As in `tieout connections`.
    state: health?.state ?? 'never',
    pausedUntil: isoOrNull(notes.pausedUntilMs),
    trouble: notes.trouble,
    lastRun: isoOrNull(notes.passedAtMs),
    changesSeen: isoOrNull(notes.changesSeenMs),
    everythingSeen: isoOrNull(notes.allSeenMs),
  }
}

export function targetNotes(standings: readonly TargetStanding[]): readonly string[] {
  return standings.flatMap(({ target, from, earlier, notes: { trouble, pausedUntilMs } }) => [
    ...earlierLine({ name: target, from }, earlier),
    ...(trouble === null ? [] : [`${target}: ${trouble}`]),
    ...(pausedUntilMs === null
      ? []
      : [`${target}: is not asked before ${isoOrNull(pausedUntilMs)}; its limit may last longer.`]),
  ])
}

/** Nothing when no journal is left out. */
export function earlierLine(
  { name, from }: { readonly name: string; readonly from: IsoDate },
  earlier: number,
): readonly string[] {
  if (earlier === 0) return []
  const are = counted(earlier, 'journal of days', 'journals of days')
  return [
    `${name}: ${are} before ${from} ${earlier === 1 ? 'is' : 'are'} left out, as its setting "from" says; an earlier day there would deliver ${earlier === 1 ? 'it' : 'them'} too.`,
  ]
}

const TIE_COLUMNS: readonly Column[] = [
  { title: 'Account' },
  { title: 'Cur' },
  ...['Ledger', 'Delivered', 'There', 'Difference', 'Explained', 'Unexplained'].map((title): Column => ({
    title,
    align: 'right',
  })),
]

export function tieOutView({ target, answer, accountNames, openings }: TargetTieOut) {
  if (!answer.ok) return { target, isTied: false, isComplete: false, stopped: answer.stop.message }
  const { accounts, explanations, strange, misfits, restored, isTied, isComplete, waiting } = answer.tieOut
  const exact = (units: Units): string => formatExact(units)
  return {
    target,
    isTied,
    isComplete,
    notDelivered: waiting.map(({ debits, ...each }) => ({ ...each, debits: exact(debits) })),
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
    openings: openings.map(({ debits, ...each }) => ({ ...each, debits: exact(debits) })),
    strange,
    misfits,
    restored,
    otherBooks: answer.tieOut.otherBooks.map(({ debits, ...each }) => ({
      ...each,
      debits: debits.map(({ currency, amount }) => ({ currency, debits: exact(amount) })),
    })),
  }
}

export function tieOutLines(session: Session, tied: TargetTieOut): readonly string[] {
  const { target, answer, accountNames } = tied
  if (!answer.ok) return [`${target} could not be read: ${answer.stop.message}`]
  const { accounts, explanations, strange, misfits, restored } = answer.tieOut
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
    ...misfits,
    ...restored,
    ...otherBookLines(tied.target, answer.tieOut.otherBooks),
    ...tied.openings.map((each) => openingLine(target, each)),
    `${target} ${verdict(answer.tieOut)}.`,
    ...(answer.tieOut.isTied ? [] : [`Run tieout targets drift --all --target ${target} and see tieout todo.`]),
  ]
}

function openingLine(target: string, { currency, debits, journals }: OpeningTotal): string {
  const where = counted(journals, 'journal')
  return `${target}: opening balances of ${formatMoney(debits)} ${currency} in ${where} are left to the company; deliverOpenings: true sends them.`
}

function otherBookLines(target: string, others: TieOut['otherBooks']): readonly string[] {
  return others.map((each) => {
    const says =
      each.word === 'another'
        ? 'said to be another book'
        : `nobody has said whose they are: tieout targets another-book ${each.lastingId} or take-over ${each.lastingId} --target ${target} --why WHY`
    return `${target}: entries of other tieout books here: ${otherBookText(each)}; ${says}.`
  })
}

/** One line per target, where a table would be too much. */
export function tieOutSummary({ target, answer }: TargetTieOut, delivered: number): string {
  if (!answer.ok) return `${target}: could not be read: ${answer.stop.message}`
  return `${target} ${verdict(answer.tieOut)}; ${counted(delivered, 'entry', 'entries')} read back and equal.`
}

/** The same words wherever a tie-out is told. Only where nothing differs does a target tie out. */
function verdict({ accounts, explanations, strange, misfits, isTied, isComplete, waiting, unbuilt }: TieOut): string {
  if (isComplete) return `ties out: ${counted(accounts.length, 'account')}, no difference`
  if (!isTied) {
    const unexplained = accounts.filter((each) => each.unexplained !== 0n)
    const most = unexplained.reduce((max, each) => (abs(each.unexplained) > max ? abs(each.unexplained) : max), 0n)
    const sums = `up to ${formatMoney(most)} unexplained in ${counted(unexplained.length, 'account')}`
    const others = `${counted(strange.length, 'entry', 'entries')} there that cannot be accounted for, or gone`
    const anew = `${counted(misfits.length, 'entry', 'entries')} there sealed in other books than these`
    const parts = [
      ...(unexplained.length === 0 ? [] : [sums]),
      ...(strange.length === 0 ? [] : [others]),
      ...(misfits.length === 0 ? [] : [anew]),
    ]
    return `does not tie out: ${parts.join(', ')}`
  }
  const sums = waiting.map(
    ({ debits, currency, entries }) =>
      `${formatMoney(debits)} ${currency} in ${counted(entries, 'entry', 'entries')} not delivered`,
  )
  const moved = explanations.filter(({ reason }) => reason === EARLIER_MAPPING).length
  const parts = [
    ...sums,
    ...(unbuilt > 0 ? [`${counted(unbuilt, 'journal')} that cannot be built yet`] : []),
    ...(moved > 0 ? [`${counted(moved, 'entry', 'entries')} in accounts of an earlier mapping`] : []),
  ]
  return `does not tie out yet: ${parts.join(', ')}; nothing unexplained`
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
    ...findings.map(({ detail }) => `  ${detail}`),
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
