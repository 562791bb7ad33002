/** `tieout statements show`: everything about one file, or one line with every file that shows it, in the file's own words. */
import type { StatementFormat } from '../../domain/statements/statement.ts'
import { formatExact, formatMoney } from '../../domain/money/money.ts'
import { InputError } from '../../domain/errors.ts'
import { readBatch } from '../../log/landing.ts'
import { listFiles, listSections, type StatementFile } from '../../evidence/statements/files.ts'
import { lineById } from '../../evidence/statements/lines.ts'
import { sightingsOf, type Sighting } from '../../evidence/statements/sightings.ts'
import { decodeStatement } from '../../sources/statements/text.ts'
import type { ExitName } from '../exit-codes.ts'
import type { OpenBook } from '../open-book.ts'
import type { Session } from '../session.ts'
import { accountNames } from '../statement-accounts.ts'
import { fileView, lineView, textOf } from './statements.ts'

/** Formats whose lines are lines of the text; of the others the number is that of the entry. */
const OF_TEXT: ReadonlySet<StatementFormat> = new Set(['paypal-csv', 'razorpay-csv', 'bank-csv', 'mt940'])
const LONGEST = 500

const TIES_IN_WORDS = { foots: 'ties', differs: 'does not tie', unproven: 'no balances to tie to' } as const

export async function showStatement(session: Session, open: OpenBook, what: string): Promise<ExitName> {
  // A hash of digits alone and shorter than any hash one would type is taken as the number of a line.
  return /^\d{1,7}$/.test(what) ? showLine(session, open, Number(what)) : showFile(session, open, what.toLowerCase())
}

async function showLine(session: Session, open: OpenBook, id: number): Promise<ExitName> {
  const { kysely, book } = open
  const line = await lineById(kysely, book.id, id)
  if (line === null)
    throw new InputError(
      'LINE_UNKNOWN',
      `Book "${book.name}" has no statement line ${id}.`,
      'tieout statements lines lists them.',
    )
  const names = await accountNames(open)
  const seen = await Promise.all(
    (await sightingsOf(kysely, book.id, id)).map(async (each) => ({ ...each, raw: await rawLine(open, each) })),
  )
  session.show({ line: lineView(line, names), seen: seen.map(sightingView) }, () => [
    `Line ${id}: ${line.date}, ${formatMoney(line.amount)} ${line.currency} on ${names.get(line.account) ?? '?'}, ${line.type} (${line.rawType || 'no type of its own'}).`,
    `  ${textOf(line)}`,
    ...(line.externalId === null ? [] : [`  Its id: ${line.externalId}`]),
    ...(line.references.length === 0 ? [] : [`  It refers to: ${line.references.join(', ')}`]),
    ...(line.group === null ? [] : [`  Settled with: ${line.group}`]),
    line.uncounted === null
      ? `  ${line.disposition}; ${formatMoney(line.matched)} of it is matched.`
      : line.uncounted === 'undone'
        ? '  Its file was taken back.'
        : `  It moved no money: ${line.uncounted}.`,
    ...seen.flatMap(sightingLines),
  ])
  return 'ok'
}

interface Seen extends Sighting {
  readonly raw: string | null
}

function sightingView({ evidence, importedAtMs, ...rest }: Seen) {
  return { ...rest, importedAt: new Date(importedAtMs).toISOString(), landing: evidence }
}

function sightingLines({ file, sha256, position, certain, format, raw, evidence }: Seen): readonly string[] {
  const place = OF_TEXT.has(format) ? `line ${position}` : `entry ${position}`
  const doubt = certain ? '' : ' (nothing proves that it is this line)'
  return [
    `Seen in ${file}, ${place}${doubt}; hash ${sha256.slice(0, 12)}, landing batch ${evidence.batch}.`,
    ...(raw === null ? [] : [`  ${raw}`]),
  ]
}

async function rawLine({ kysely, book }: OpenBook, { evidence, position, format, file }: Sighting) {
  if (!OF_TEXT.has(format)) return null
  const item = (await readBatch(kysely, book.id, evidence.batch)).find((each) => each.item === evidence.item)
  if (item === undefined) return null
  return decodeStatement(file, item.body).text.split('\n')[position - 1]?.slice(0, LONGEST) ?? null
}

async function showFile(session: Session, open: OpenBook, hash: string): Promise<ExitName> {
  const file = await findFile(open, hash)
  const sections = await listSections(open.kysely, open.book.id, { file: file.evidence })
  const names = await accountNames(open)
  const exact = (units: bigint | null): string | null => (units === null ? null : formatExact(units))
  const document = {
    ...fileView(file, names),
    sections: sections.map(({ evidence: _place, opening, closing, counted, ...rest }) => ({
      ...rest,
      opening: exact(opening),
      closing: exact(closing),
      counted: formatExact(counted),
    })),
  }
  session.show(document, () => [
    `${file.name} (${file.format}), imported into ${names.get(file.account) ?? '?'} on ${document.importedAt}.`,
    `  Hash ${file.sha256}; landing batch ${file.evidence.batch}, item ${file.evidence.item}.`,
    `  ${file.lines} lines: ${file.fresh} new, ${file.known} known before, ${file.uncounted} not counted.`,
    ...sections.map(
      ({ currency, first, last, opening, closing, counted, footing, footingDetail }) =>
        `  ${first ?? '?'} to ${last ?? '?'}: opens with ${shown(opening)}, moves ${formatMoney(counted)}, closes with ${shown(closing)} ${currency}: ${[`${TIES_IN_WORDS[footing]}.`, footingDetail].filter((text) => text !== '').join(' ')}`,
    ),
  ])
  return 'ok'
}

function shown(units: bigint | null): string {
  return units === null ? 'an unknown balance' : formatMoney(units)
}

async function findFile({ kysely, book }: OpenBook, hash: string): Promise<StatementFile> {
  const found = /^[0-9a-f]{4,64}$/.test(hash) ? await listFiles(kysely, book.id, { sha256: hash }) : []
  const [file, ...others] = found
  if (file === undefined)
    throw new InputError(
      'STATEMENT_UNKNOWN',
      `Nothing imported is called "${hash}".`,
      'Give the number of a line (tieout statements lines), or at least four characters of a hash (tieout statements list).',
    )
  // The same bytes may have gone into two accounts.
  if (others.some(({ sha256 }) => sha256 !== file.sha256))
    throw new InputError('STATEMENT_AMBIGUOUS', `${found.length} files begin with ${hash}.`, 'Give more of the hash.')
  return file
}
