/** `tieout trace THING`: from any figure down to the bytes that made it, and up to where it went. */
import type { IsoDate } from '../../domain/transaction.ts'
import { sourceIds } from '../../ledger/books.ts'
import { parseSubject } from '../../pipeline/trace/subject.ts'
import { trace } from '../../pipeline/trace/trace.ts'
import { dateArgument, instantArgument, wholeNumberArgument } from '../arguments.ts'
import { readBook } from '../open-book.ts'
import { handle, type Registry } from '../session.ts'
import { traceLines, traceView } from '../views/trace.ts'

interface TraceOptions {
  readonly limit: number
  readonly raw?: boolean
  readonly night?: IsoDate
  readonly knownAt?: number
}

const LIMIT = 20

export function registerTrace(registry: Registry): void {
  const command = registry.program
    .command('trace')
    .argument(
      '<thing>',
      'an order (netpanel:23501), a sequence or several (7401-7443), a journal or its line (DOCUMENT@ACCOUNT), account:KEY, line:15, match:4, item:6, E-12, landing:12.1',
    )
    .description('the chain of a figure: journal, transactions, evidence, raw bytes, in both directions')
    .option('--limit <number>', 'show at most so many transactions', wholeNumberArgument, LIMIT)
    .option('--night <date>', 'of an account: only what this night moved', dateArgument)
    .option('--known-at <instant>', 'of an account: as it was known then', instantArgument)
    .option('--raw', 'print the bytes that were landed, too')
  handle<TraceOptions>(
    registry,
    command,
    (session, { limit, raw = false, night = null, knownAt = null }, [thing = '']) =>
      readBook(session, async ({ kysely, book, config }) => {
        const sources = [...(await sourceIds(kysely, book)).keys()]
        const panels = config.sources.filter(({ type }) => type === 'panel').map(({ name }) => name)
        const found = await trace(kysely, book, parseSubject(thing, { sources, panels }), {
          limit,
          night,
          knownAtMs: knownAt,
        })
        session.show(traceView(found, raw), () => traceLines(found, raw))
        return 'ok'
      }),
  )
}
