/** `tieout report`: the night on one page, as it is known now or as it was known then. */
import { statSync, writeFileSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { InvalidArgumentError } from 'commander'
import { loadMappings } from '../../config/mappings.ts'
import { diskTrouble, InputError } from '../../domain/errors.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { nightPage, standingOf, type NightPage } from '../../pipeline/report/page.ts'
import { writeAtomically } from '../../targets/files/write-files.ts'
import { reportDocument } from '../../web/report/html.ts'
import { dateArgument, instantArgument } from '../arguments.ts'
import { readBook } from '../open-book.ts'
import { jsonText, printableLines } from '../output.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { reportCsv } from '../views/report/csv.ts'
import { reportLines } from '../views/report/text.ts'
import { pageView } from '../views/report/view.ts'

const FORMATS = ['text', 'html', 'csv', 'json'] as const
type Format = (typeof FORMATS)[number]

interface ReportOptions {
  readonly night?: IsoDate
  readonly knownAt?: number
  readonly asOf?: IsoDate
  readonly format: Format
  readonly out?: string
}

export function registerReport(registry: Registry): void {
  const report = registry.program
    .command('report')
    .description('the night on one page: control totals, completeness, differences, journals, forecast, quality, log')
    .option('--night <date>', 'the night; the newest when left out', dateArgument)
    .option('--known-at <instant>', 'as it was known then; at the end of the night when left out', instantArgument)
    .option('--as-of <date>', 'the last day that counts in the control totals; every day when left out', dateArgument)
    .option('--format <format>', FORMATS.join(', '), formatArgument, 'text')
    .option('--out <file>', 'write it there instead of to the terminal')
  handle<ReportOptions>(registry, report, (session, { night = null, knownAt = null, asOf = null, format, out }) =>
    readBook(session, async ({ kysely, book, config }) => {
      const mappings = loadMappings(session.config().mappings)
      const page = await nightPage(kysely, book, config, mappings, {
        night,
        knownAtMs: knownAt,
        asOf,
        nowMs: session.clock.nowMs(),
      })
      await print(session, page, format, out)
      return standingOf(page).colour === 'green' ? 'ok' : 'findings'
    }),
  )
}

async function print(session: Session, page: NightPage, format: Format, out: string | undefined): Promise<void> {
  if (format === 'text' && out === undefined) {
    session.show(pageView(page), () => reportLines(session, page))
    return
  }
  const text = await textOf(session, page, format)
  if (out === undefined) {
    session.io.stdout.write(text)
    return
  }
  await write(out, text)
  const { colour } = standingOf(page)
  session.show({ file: out, colour }, () => [`The report of ${page.night} (${colour.toUpperCase()}) is in ${out}.`])
}

async function textOf(session: Session, page: NightPage, format: Format): Promise<string> {
  switch (format) {
    case 'html':
      return reportDocument(page)
    case 'csv':
      return reportCsv(page)
    case 'json':
      return jsonText(pageView(page))
    case 'text':
      return printableLines(reportLines(session, page))
  }
}

async function write(file: string, text: string): Promise<void> {
  try {
    // A link keeps pointing where it did; a pipe or a device is written to as it is.
    const path = await realpath(file).catch(() => file)
    const there = statSync(path, { throwIfNoEntry: false })
    if (there === undefined || there.isFile()) await writeAtomically(path, Buffer.from(text, 'utf8'))
    else writeFileSync(path, text)
  } catch (cause) {
    const full = diskTrouble(file, cause)
    if (full !== null) throw full
    const message = `The report cannot be written to ${file}: ${cause instanceof Error ? cause.message : String(cause)}.`
    const hint = 'Give --out a file in a folder that exists and can be written to.'
    throw new InputError('REPORT_UNWRITABLE', message, hint, { cause })
  }
}

function formatArgument(text: string): Format {
  const found = FORMATS.find((each) => each === text)
  if (found !== undefined) return found
  throw new InvalidArgumentError(`Give one of ${FORMATS.join(', ')}.`)
}
