/** `tieout exceptions list`: every difference a person has to see, what each code means and what to do about it. */
import { InvalidArgumentError } from 'commander'
import { didYouMean } from '../../config/suggest.ts'
import { EXCEPTION_CODES } from '../../domain/exception.ts'
import { formatExact, formatMoney } from '../../domain/money/money.ts'
import { checkSource } from '../../pipeline/night.ts'
import { listExceptions, type StoredException } from '../../reconcile/exceptions.ts'
import { readBook } from '../open-book.ts'
import { counted, type Column } from '../output.ts'
import { handle, type Registry, type Session } from '../session.ts'

interface ListOptions {
  readonly all?: boolean
  readonly source?: string
  readonly code?: string
}

const DAY_MS = 86_400_000
const COLUMNS: readonly Column[] = [
  { title: 'Code' },
  { title: 'Source' },
  { title: 'Object' },
  { title: 'Status' },
  { title: 'Open for', align: 'right' },
  { title: 'Amount', align: 'right' },
  { title: 'Cur' },
  { title: 'Detail' },
]

export function registerExceptions(registry: Registry): void {
  const exceptions = registry.program.command('exceptions').description('differences a person has to see')
  const list = exceptions
    .command('list')
    .description('open exceptions with age, amount and what to do')
    .option('--all', 'closed ones too')
    .option('--source <name>', 'of this source only')
    .option('--code <code>', 'of this code only', codeArgument)
  handle<ListOptions>(registry, list, (session, { all = false, source, code }) =>
    readBook(session, async ({ kysely, book, config }) => {
      checkSource(config, source ?? null)
      const found = await listExceptions(kysely, book.id, {
        ...(all ? {} : { status: 'open' }),
        ...(source === undefined ? {} : { source }),
        ...(code === undefined ? {} : { code }),
      })
      const nowMs = session.clock.nowMs()
      const isFiltered = source !== undefined || code !== undefined
      session.show(found.map(exceptionView), () =>
        found.length === 0 ? [emptyText(all, isFiltered)] : listLines(session, found, nowMs),
      )
      return 'ok'
    }),
  )
}

function emptyText(all: boolean, isFiltered: boolean): string {
  return `No ${all ? '' : 'open '}exceptions${isFiltered ? ' match' : ''}.`
}

function listLines(session: Session, found: readonly StoredException[], nowMs: number): readonly string[] {
  const rows = found.map((each) => row(each, nowMs))
  return [...session.table(COLUMNS, rows), '', `${counted(found.length, 'exception')}.`, ...explanations(found)]
}

function row(exception: StoredException, nowMs: number): readonly string[] {
  const { code, source, object, status, amount, currency, detail, firstSeenMs, closedAtMs } = exception
  const days = Math.max(0, Math.floor(((closedAtMs ?? nowMs) - firstSeenMs) / DAY_MS))
  // Without a currency it is not about money, as a source that could not be read.
  const unknown = currency === null ? '' : 'unknown'
  const shown = amount === null ? unknown : formatMoney(amount)
  return [code, source, object, status, `${days}d`, shown, currency ?? '', detail]
}

function exceptionView(exception: StoredException) {
  const { amount, firstSeenMs, lastSeenMs, closedAtMs, ...rest } = exception
  return {
    ...rest,
    amount: amount === null ? null : formatExact(amount),
    firstSeen: new Date(firstSeenMs).toISOString(),
    lastSeen: new Date(lastSeenMs).toISOString(),
    closedAt: closedAtMs === null ? null : new Date(closedAtMs).toISOString(),
  }
}

function explanations(found: readonly StoredException[]): readonly string[] {
  const codes = new Set(found.map(({ code }) => code))
  return Object.entries(EXCEPTION_CODES).flatMap(([code, meaning]) => (codes.has(code) ? [`${code}: ${meaning}`] : []))
}

function codeArgument(text: string): string {
  const code = text.toUpperCase().replaceAll('-', '_')
  if (Object.hasOwn(EXCEPTION_CODES, code)) return code
  const known = Object.keys(EXCEPTION_CODES)
  throw new InvalidArgumentError(`The codes are ${known.join(', ')}.${didYouMean(code, known)}`)
}
