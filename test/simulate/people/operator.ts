/** What whoever runs the machine does by day, or what happens to it: operator-plan.ts says when. */
import { merge } from '../coverage.ts'
import { booksOf, perform, settleOvertakers, type, typeTogether, type Running } from '../running.ts'
import type { OperatorEvent } from './operator-plan.ts'

/** Before the evening's work. */
export async function meetOperator(running: Running, night: number): Promise<void> {
  // When nothing fails any more, two at once are all that is left to go wrong.
  const isQuiet = night > running.plan.nights
  for (const event of running.plan.operator) {
    if (event.night === night && (!isQuiet || event.kind === 'twice')) await meet(running, event, night)
  }
}

async function meet(running: Running, event: OperatorEvent, night: number): Promise<void> {
  const { plan, computer, deployment } = running
  switch (event.kind) {
    case 'clock':
      note(running, event)
      return computer.skewClock(event.aheadMs)
    case 'verify':
      note(running, event)
      return void (await type(running, plan.book.name, { argv: ['ledger', 'verify'], allowed: [0] }))
    case 'twice':
      note(running, event)
      return typeTogether(running, plan.book.name, { argv: ['sync'] })
    case 'policy':
      note(running, event)
      return deployment.configure({
        closedPeriods: { ...deployment.settings().closedPeriods, [event.book]: event.closedPeriod },
      })
    case 'restore':
      return restore(running, event, night)
    case 'appear':
    case 'late':
      return note(running, event)
    case 'again':
    case 'together':
    case 'rename':
    case 'zone':
    case 'report':
      return
  }
}

/** Parts of the first book that are not in the configuration yet; something to read there always is. */
export function missingParts({ plan, homes }: Running, night: number): ReadonlySet<string> {
  if (night > plan.nights) return new Set()
  const parts = homes[0]?.parts ?? []
  const later = plan.operator.flatMap((event) => (event.kind === 'appear' && event.night > night ? [event.nth] : []))
  const names = new Set(later.map((nth) => parts[nth % parts.length]?.name ?? ''))
  const isRead = parts.some(({ name, config }) => config.sources !== undefined && !names.has(name))
  return isRead ? names : new Set()
}

function note({ computer, coverage }: Running, { kind }: OperatorEvent): void {
  merge(coverage, [[`operator ${kind}`, 1]])
  computer.trace.add(`the operator: ${kind}`)
}

async function restore(
  running: Running,
  event: Extract<OperatorEvent, { readonly kind: 'restore' }>,
  night: number,
): Promise<void> {
  const { computer, deployment, history, pages } = running
  const from = history.findLast((each) => each.backup !== null && each.night <= night - event.nightsBack)
  if (from === undefined || from.backup === null) return
  note(running, event)
  await settleOvertakers(running)
  computer.files.restore(deployment.databaseUrl, from.backup)
  pages.length = 0
  // What people had put in since is put in again.
  for (const { acts } of history.filter((each) => each.night > from.night && each.night < night)) {
    for (const typed of acts.filter(({ act }) => act.isTypedOnce !== true)) await perform(running, typed)
  }
}

/** Between the evening's work and the night. */
export function meetBeforeNight(running: Running, night: number): void {
  const { plan, deployment } = running
  for (const event of plan.operator) {
    if (event.night !== night || (event.kind !== 'rename' && event.kind !== 'zone')) continue
    // A book takes the time zone it is begun in: a mistake then is no passing one.
    if (event.kind === 'zone' && booksOf(running, plan.book.name).rows('select 1 from book').length === 0) continue
    note(running, event)
    deployment.configure(event.kind === 'rename' ? { renamed: event.nth } : { timeZone: event.zone })
  }
}

/** The next morning. */
export async function meetAfterNight(running: Running, night: number): Promise<void> {
  const { plan, deployment } = running
  deployment.configure({ renamed: null, timeZone: null })
  for (const event of plan.operator) {
    if (event.kind !== 'report' || event.night !== night) continue
    note(running, event)
    await keepPage(running)
  }
}

/** Reads the page of the newest night, and then the same as it was known at that instant, which stays as it is. */
async function keepPage(running: Running): Promise<void> {
  const { plan, coverage, pages } = running
  const book = plan.book.name
  if (booksOf(running, book).rows("select 1 from run where kind = 'sync' and status = 'finished'").length === 0) return
  const shown = await type(running, book, { argv: ['report', '--format', 'json'] })
  if (shown.exitCode !== 0 && shown.exitCode !== 1) return
  const { night, knownAt, reasons } = JSON.parse(shown.stdout) as Page
  for (const { row } of reasons) merge(coverage, [[`page ${row}`, 1]])
  if (reasons.length === 0) merge(coverage, [['page green', 1]])
  const argv = ['report', '--format', 'json', '--night', night, '--known-at', knownAt]
  const known = await type(running, book, { argv })
  if (known.exitCode === shown.exitCode) pages.push({ book, argv, text: known.stdout })
}

interface Page {
  readonly night: string
  readonly knownAt: string
  readonly reasons: readonly { readonly row: string }[]
}

/**
 * What a page as known at an instant says for ever (docs/report.md). Not the payments that are expected, which are those of
 * the newest evidence, and so neither the reasons nor the colour, which count the overdue ones.
 */
const KEPT = ['night', 'knownAt', 'controls', 'completeness', 'differences', 'aging', 'journals', 'log'] as const

export async function readPagesAgain(running: Running): Promise<void> {
  for (const { book, argv, text } of running.pages) {
    const { stdout, exitCode } = await type(running, book, { argv })
    if (exitCode !== 0 && exitCode !== 1) continue
    const [before, now] = [kept(text), kept(stdout)]
    const [first] = different(before, now, '')
    if (first === undefined) continue
    const says = `tieout ${argv.join(' ')} says something else now: ${first}`
    running.findings.push({ oracle: 'page-changed', says })
  }
}

function kept(text: string): Readonly<Record<string, unknown>> {
  const page = JSON.parse(text) as Readonly<Record<string, unknown>>
  return Object.fromEntries(KEPT.map((section) => [section, page[section]]))
}

function* different(before: unknown, after: unknown, path: string): Iterable<string> {
  if (typeof before === 'object' && before !== null && typeof after === 'object' && after !== null) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      yield* different(Reflect.get(before, key), Reflect.get(after, key), `${path}.${key}`)
  } else if (before !== after) yield `${path} was ${JSON.stringify(before)} and is ${JSON.stringify(after)}`
}
