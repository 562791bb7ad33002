/** Runs as a list, and one run with what its steps took in and gave out. */
import type { StepState } from '../../pipeline/runs.ts'
import type { RecordedRun } from '../../pipeline/status/run-history.ts'
import type { Column } from '../output.ts'
import type { Session } from '../session.ts'
import { stepLines } from './night.ts'
import { totalsView } from './totals.ts'

type Tables = Pick<Session, 'table'>

const COLUMNS: readonly Column[] = [
  { title: 'Run', align: 'right' },
  { title: 'Kind' },
  { title: 'Of' },
  { title: 'Status' },
  { title: 'Started' },
  { title: 'Took', align: 'right' },
]

export function runView({ startedAtMs, finishedAtMs, ...run }: RecordedRun) {
  return { ...run, startedAt: iso(startedAtMs), finishedAt: finishedAtMs === null ? null : iso(finishedAtMs) }
}

export function runDetailView(run: RecordedRun, steps: readonly StepState[]) {
  return {
    ...runView(run),
    steps: steps.map(({ step, status, totals }) => ({ step, status, ...totalsView(totals) })),
  }
}

export function runListLines(session: Tables, runs: readonly RecordedRun[]): readonly string[] {
  if (runs.length === 0) return ['No runs yet.']
  return session.table(COLUMNS, runs.map(runRow))
}

export function runDetailLines(session: Tables, run: RecordedRun, steps: readonly StepState[]): readonly string[] {
  const ended = run.finishedAtMs === null ? '' : `, ended ${iso(run.finishedAtMs)} (${took(run)})`
  const unfinished = steps.filter(({ step, status }) => status !== 'finished' && ASKS.test(step))
  return [
    `Run ${run.id}, ${[run.kind, argumentsText(run)].join(' ').trim()}: ${run.status}. Started ${iso(run.startedAtMs)}${ended}.`,
    '',
    ...(steps.length === 0 ? ['No steps are recorded of it.'] : stepLines(session, steps)),
    ...(unfinished.length === 0
      ? []
      : ['', `Did not come to its end: ${unfinished.map(({ step }) => step).join(', ')}.`]),
  ]
}

/** Steps that read a source and are finished when they have read all of it. */
const ASKS = /^(poll|stats|backfill|hooks):/

function runRow(run: RecordedRun): readonly string[] {
  return [String(run.id), run.kind, argumentsText(run), run.status, iso(run.startedAtMs), took(run)]
}

function argumentsText({ arguments: args }: RecordedRun): string {
  const { night, from, to, source, files, decision, ...rest } = args
  if (decision !== undefined)
    return [decisionText(decision), ...(source === undefined ? [] : [`of ${source}`])].join(', ')
  const range = from === undefined ? [] : [`${from}..${to ?? ''}`]
  const file = files === undefined ? [] : [`files ${files.slice(0, 8)}`]
  const others = Object.entries(rest).map(([name, value]) => `${name} ${short(value ?? '')}`)
  return [night, ...range, ...file, ...others, source].filter((part) => part !== undefined).join(' ')
}

const SHORT = 40

/** A list of ids is cut between two of them, with a mark, so that no id is shown that there is not. */
function short(value: string): string {
  if (value.length <= SHORT) return value
  const end = value.lastIndexOf(',', SHORT)
  return `${value.slice(0, end > 0 ? end : SHORT)} …`
}

/** "accept 3.1 as clawback, by Ada", as the person gave it. */
function decisionText(json: string): string {
  // Written by the decision's own run.
  const { decide, reading, as, mode, by } = JSON.parse(json) as Partial<Decided>
  const which = reading === undefined ? [] : [`${reading.batch}.${reading.item}`]
  const meaning = as === undefined ? [] : [`as ${as}`]
  return `${[decide, ...which, ...meaning, mode].filter((part) => part !== undefined).join(' ')}, by ${by ?? 'nobody'}`
}

interface Decided {
  readonly decide: string
  readonly reading: { readonly batch: number; readonly item: number }
  readonly as: string
  readonly mode: string
  readonly by: string
}

function took({ startedAtMs, finishedAtMs }: RecordedRun): string {
  if (finishedAtMs === null) return ''
  // A run may be finished under an earlier --now than it was started.
  const seconds = Math.max(0, Math.round((finishedAtMs - startedAtMs) / 1000))
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}

function iso(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).concat('Z')
}
