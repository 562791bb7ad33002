/** `tieout report`: the night on one page, as it is known now or as it was known then. */
import { writeFileSync } from 'node:fs'
import { InvalidArgumentError } from 'commander'
import { loadMappings } from '../../config/mappings.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { nightPage, type NightPage } from '../../pipeline/report/page.ts'
import { reportDocument } from '../../web/report/html.ts'
import { dateArgument, instantArgument } from '../arguments.ts'
import { readBook } from '../open-book.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { reportLines } from '../views/report/text.ts'

const FORMATS = ['text', 'html'] as const
type Format = (typeof FORMATS)[number]

interface ReportOptions {
  readonly night?: IsoDate
  readonly knownAt?: number
  readonly format: Format
  readonly out?: string
}

export function registerReport(registry: Registry): void {
  const report = registry.program
    .command('report')
    .description('the night on one page: control totals, completeness, differences, journals, forecast, control log')
    .option('--night <date>', 'the night; the newest when left out', dateArgument)
    .option('--known-at <instant>', 'as it was known then; at the end of the night when left out', instantArgument)
    .option('--format <format>', FORMATS.join(', '), formatArgument, 'text')
    .option('--out <file>', 'write it there instead of to the terminal')
  handle<ReportOptions>(registry, report, (session, { night = null, knownAt = null, format, out }) =>
    readBook(session, async ({ kysely, book, config }) => {
      const mappings = loadMappings(session.config().mappings)
      const page = await nightPage(kysely, book, config, mappings, { night, knownAtMs: knownAt })
      await print(session, page, format, out)
      return page.colour === 'green' ? 'ok' : 'findings'
    }),
  )
}

async function print(session: Session, page: NightPage, format: Format, out: string | undefined): Promise<void> {
  if (format === 'text' && out === undefined) return session.show(page, () => reportLines(session, page))
  const text = format === 'html' ? await reportDocument(page) : `${reportLines(session, page).join('\n')}\n`
  if (out === undefined) {
    session.io.stdout.write(text)
    return
  }
  writeFileSync(out, text)
  session.show({ file: out, colour: page.colour }, () => [`The report of ${page.night} is in ${out}.`])
}

function formatArgument(text: string): Format {
  const found = FORMATS.find((each) => each === text)
  if (found !== undefined) return found
  throw new InvalidArgumentError(`Give one of ${FORMATS.join(', ')}.`)
}
