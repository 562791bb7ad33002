/** Deliveries as lines and JSON: what went out, what was there already, what waits and for whom. */
import { OUTBOX_STATES, type OutboxState } from '../../domain/journals/outbox.ts'
import type { TargetReport } from '../../pipeline/delivery/deliver-target.ts'
import type { OutboxRow } from '../../targets/outbox/row.ts'
import type { Unbuilt } from '../../targets/outbox/enqueue.ts'
import { formatMoney } from '../../domain/money/money.ts'
import { counted, type Column } from '../output.ts'

export function reportView({ target, created, adopted, verified, states, onHold, stopped, learnt }: TargetReport) {
  return {
    target,
    created,
    adopted,
    verified,
    states,
    onHold,
    stopped: stopped === null ? null : { ...stopped, until: isoOrNull(stopped.untilMs) },
    unbuilt: (learnt.unbuilt ?? []).map(({ document, code, reason }) => ({ document, code, reason })),
    findings: learnt.findings.map(({ document, drift, detail }) => ({ document, drift, detail })),
  }
}

export function reportLines({
  target,
  created,
  adopted,
  verified,
  states,
  onHold,
  stopped,
  learnt,
}: TargetReport): readonly string[] {
  const waiting = states.queued + states.unknown + states.sending - onHold.length
  const isIdle = created.length + adopted.length + verified.length === 0
  const done = [
    `${counted(created.length, 'entry', 'entries')} created`,
    ...(adopted.length === 0 ? [] : [`${adopted.length} found there already and adopted`]),
    `${verified.length} read back and equal`,
  ]
  return [
    isIdle ? `${target}: nothing new was sent.` : `${target}: ${done.join(', ')}.`,
    ...(stopped === null ? [] : [stopLine(stopped.message, stopped.untilMs, waiting)]),
    ...(stopped === null && waiting > 0
      ? [`  ${counted(waiting, 'entry waits', 'entries wait')} for the next delivery.`]
      : []),
    ...onHoldLines(onHold),
    ...restLines(states),
    ...(learnt.unbuilt ?? []).map(({ document, reason }) => `  ${document}: ${reason}`),
    ...learnt.findings.map(({ detail }) => `  ${detail}`),
  ]
}

/** Who holds each, and how it goes out again. */
export function onHoldLines(onHold: TargetReport['onHold']): readonly string[] {
  return onHold.map(
    ({ document, why }) =>
      `  ${document}: ${why} To let it go: tieout journals release ${document} --by NAME --why TEXT`,
  )
}

function stopLine(message: string, untilMs: number | null, waiting: number): string {
  const until = untilMs === null ? '' : ` until ${isoOrNull(untilMs)} at the earliest`
  return `  ${message} ${counted(waiting, 'entry waits', 'entries wait')}${until}; nothing is lost, run tieout deliver again.`
}

function restLines(states: Readonly<Record<OutboxState, number>>): readonly string[] {
  return (['held', 'refused', 'unknown'] as const)
    .filter((state) => states[state] > 0)
    .map((state) => `  ${states[state]} ${state}: ${OUTBOX_STATES[state]}. See tieout todo.`)
}

/** Whether a person has something to do: a limit that passes by itself is not that. */
export function needsSomebody({ states, stopped, learnt }: TargetReport): boolean {
  // What met the limit itself is unknown until it may be looked up.
  const isWaiting = stopped?.kind === 'throttled'
  const isStuck = states.held + states.refused + (isWaiting ? 0 : states.unknown) > 0
  const isDown = stopped !== null && !isWaiting
  return isStuck || isDown || (learnt.unbuilt ?? []).length > 0 || learnt.findings.length > 0
}

/** What is known to be changed in the target stays somebody's to put right, also when nothing was looked at just now. */
export function driftLine(target: string, documents: readonly string[]): readonly string[] {
  if (documents.length === 0) return []
  const are = documents.length === 1 ? 'entry is' : 'entries are'
  return [`${target}: ${documents.length} ${are} known to be changed, gone or copied there. See tieout todo.`]
}

export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

export const ROW_COLUMNS: readonly Column[] = [
  { title: 'Target' },
  { title: 'Document' },
  { title: 'Date' },
  { title: 'Cur' },
  { title: 'Lines', align: 'right' },
  { title: 'Debits', align: 'right' },
  { title: 'State' },
  { title: 'Id there' },
]

export function rowCells({ target, document, entry, state, remoteId }: OutboxRow): readonly string[] {
  const debits = entry.lines.reduce((sum, { amount }) => (amount > 0n ? sum + amount : sum), 0n)
  const lines = String(entry.lines.length)
  return [target, document, entry.date, entry.currency, lines, formatMoney(debits), state, remoteId ?? '']
}

export function rowView({ target, document, state, entry, body, bodySha256, remoteId, revision, reason }: OutboxRow) {
  return {
    target,
    document,
    state,
    date: entry.date,
    currency: entry.currency,
    remoteId,
    revision,
    reason,
    body,
    bodySha256,
  }
}

export function unbuiltLines(target: string, unbuilt: readonly Unbuilt[]): readonly string[] {
  return unbuilt.map(({ document, reason }) => `${target}: ${document}: ${reason}`)
}
