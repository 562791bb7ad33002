/** The inbox as text and as JSON: at most three lines for each thing that waits, and all of its choices for programs. */
import { ruleOf } from '../../domain/exceptions/codes.ts'
import { formatExact, formatMoney } from '../../domain/money/money.ts'
import { nameOf } from '../../pipeline/exception-decisions.ts'
import type { FittingChoice, WaitingJournals } from '../../pipeline/todo.ts'
import type { MerelyWaiting } from '../../pipeline/merely-waiting.ts'
import { counted, type Column } from '../output.ts'
import type { Session } from '../session.ts'
import { agingLines, amountText, queueView, type QueueRow } from './exception-queue.ts'

export interface TodoItem {
  readonly row: QueueRow
  /** None of what is closed. */
  readonly choices: readonly FittingChoice[]
}

export interface Todo {
  readonly journals: WaitingJournals | null
  /** Decisions that a second person has to repeat. */
  readonly asks: number
  /** All that were found, and the first of them with their choices. */
  readonly rows: readonly QueueRow[]
  readonly items: readonly TodoItem[]
  readonly isFiltered: boolean
}

const ASKS = 'tieout reconcile list --asks'

export function todoView({ journals, asks, rows, items }: Todo) {
  return {
    journals,
    secondPerson: asks === 0 ? null : { count: asks, command: ASKS },
    // Null where nobody looked: behind --limit.
    items: rows.map((row, at) => ({ ...queueView(row), choices: items[at]?.choices ?? null })),
  }
}

export function todoLines(session: Pick<Session, 'table'>, todo: Todo): readonly string[] {
  const { rows, items, isFiltered } = todo
  // Whoever asks for some of it does not ask for these.
  const first = isFiltered ? [] : besideLines(todo)
  if (rows.length === 0) return [...first, isFiltered ? 'Nothing that waits is like that.' : nothing(first)]
  const [titles = '', rule = '', ...lines] = session.table(
    COLUMNS,
    items.map(({ row }) => cellsOf(row)),
  )
  const late = rows.filter(({ isOverdue }) => isOverdue).length
  const more = rows.length > items.length ? `; the gravest are shown, --limit shows more` : ''
  return [
    ...first,
    ...(first.length === 0 ? [] : ['']),
    titles,
    rule,
    ...items.flatMap((item, at) => [lines[at] ?? '', ...choiceLines(item).map((line) => `    ${line}`)]),
    '',
    `${counted(rows.length, 'item')}${late === 0 ? '' : `, ${late} late`}${more}.`,
    ...agingLines(rows),
    'What each choice would post or send: tieout explain E-…; decide with --by NAME --why TEXT, and --dry-run first.',
  ]
}

function nothing(first: readonly string[]): string {
  return first.length === 0 ? 'Nothing waits for a person.' : 'Nothing else waits for a person.'
}

function besideLines({ journals, asks }: Todo): readonly string[] {
  const waits = asks === 1 ? '1 decision waits' : `${asks} decisions wait`
  return [
    ...(journals === null ? [] : [journalsLine(journals)]),
    ...(asks === 0 ? [] : [`${waits} for a second person to say the same: ${ASKS}`]),
  ]
}

function journalsLine({ count, oldest, days, command }: WaitingJournals): string {
  const wait = count === 1 ? '1 journal waits' : `${count} journals wait`
  return `${wait} for approval, the oldest of ${oldest}, for ${counted(days, 'day')}: ${command}`
}

const COLUMNS: readonly Column[] = [
  { title: 'Id' },
  { title: 'Severity' },
  { title: 'Owner' },
  { title: 'Source' },
  { title: 'Amount', align: 'right' },
  { title: 'Cur' },
  { title: 'Age', align: 'right' },
  { title: 'What' },
]

function cellsOf({ exception, severity, owner, isOverdue, days }: QueueRow): readonly string[] {
  const { number, code, source, object, status, currency, detail, resolution } = exception
  const state = resolution === null ? status : `${status}: ${resolution}`
  return [
    nameOf(number),
    severity ?? state,
    owner,
    source,
    amountText(exception),
    currency ?? '',
    `${isOverdue ? 'late ' : ''}${days}d`,
    `${code} ${object}: ${firstSentence(detail)}`,
  ]
}

function firstSentence(text: string): string {
  return text.split(/(?<=[.!?]) (?=\p{Lu})/u)[0] ?? text
}

/** At most two: the first choice ready to type, and the second or the names of all others. */
function choiceLines({ row, choices }: TodoItem): readonly string[] {
  const { code, object, number, status } = row.exception
  if (status !== 'open') return []
  const [first, second, ...rest] = choices
  if (first === undefined) return [ruleOf(code, object).says]
  if (second === undefined) return [first.command]
  if (rest.length === 0) return [first.command, second.command]
  const decide = `tieout decide ${nameOf(number)} `
  const others = [second, ...rest].map(({ command }) => command.replace(decide, ''))
  const more = others.length > NAMED ? `, ${others.length - NAMED} more (tieout explain ${nameOf(number)})` : ''
  return [first.command, `or ${others.slice(0, NAMED).join(', ')}${more}`]
}

/** Other choices that are named in a line. */
const NAMED = 5

const EXPECTED_COLUMNS: readonly Column[] = [
  { title: 'Due' },
  { title: 'Kind' },
  { title: 'Source' },
  { title: 'Object' },
  { title: 'Open', align: 'right' },
  { title: 'Cur' },
]

export function waitingLines(session: Pick<Session, 'table'>, waiting: MerelyWaiting): readonly string[] {
  const { expected, refunds, held } = waiting
  if (expected.length + refunds.length + held.length === 0) return ['Nothing waits that is not late.']
  const rows = expected.map(({ item: { kind, source, object, currency }, open, dueOn }) => [
    dueOn,
    kind,
    source,
    object,
    formatMoney(open),
    currency,
  ])
  return [
    ...(rows.length === 0
      ? []
      : ['Statements should show, and are not late:', ...session.table(EXPECTED_COLUMNS, rows), '']),
    ...refunds.map(
      ({ source, currency, amount }) =>
        `${source} owes refunds of ${formatMoney(amount)} ${currency}, within the days it takes.`,
    ),
    ...held.map(({ journal, why }) => `The journal ${journal} waits. ${why}`),
    `${counted(expected.length + refunds.length + held.length, 'thing')} that nobody has to do anything about now.`,
  ]
}

export function waitingView({ expected, refunds, held }: MerelyWaiting) {
  return {
    expected: expected.map(({ item: { id, kind, source, object, currency }, open, dueOn }) => ({
      item: Number(id),
      kind,
      source,
      object,
      dueOn,
      open: formatExact(open),
      currency,
    })),
    refunds: refunds.map((each) => ({ ...each, amount: formatExact(each.amount) })),
    held,
  }
}
