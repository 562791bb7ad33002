/**
 * CAMT statements (camt.053) and interim reports (camt.052): one section per statement and currency, proven by the booked
 * balances it states. Notifications (camt.054) are refused, since they repeat what the statement books.
 */
import type { Units } from '../../../domain/money/money.ts'
import type { ParsedStatement, StatementLine, StatementSection } from '../../../domain/statements/statement.ts'
import { prove } from '../footing.ts'
import { firstIssue } from '../../issues.ts'
import type { ReadOptions } from '../options.ts'
import { unreadable } from '../refusal.ts'
import { readDocument, type RawStatement, type ReadRawEntry } from './document.ts'
import { amountOf, dayOf, readEntry, type CamtLine } from './entry.ts'
import { entrySchema, statementSchema, type CamtStatement } from './schema.ts'

const DETECT_CHARACTERS = 100_000

export function detect(text: string): boolean {
  return /<(?:[\w.-]+:)?BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)\b/.test(text.slice(0, DETECT_CHARACTERS))
}

export function read(fileName: string, text: string, options: ReadOptions): ParsedStatement {
  const sections: StatementSection[] = []
  const remarks: string[] = []
  for (const raw of readDocument(fileName, text, entryReader(fileName))) {
    const statement = statementOf(fileName, raw)
    sections.push(...sectionsOf(fileName, statement, raw.entries, options))
    remarks.push(...remarksOf(statement, raw.entries))
  }
  return { format: 'camt', sections, bindings: [], remarks }
}

function statementOf(fileName: string, { content, line }: RawStatement<CamtLine>): CamtStatement {
  const parsed = statementSchema.safeParse(content)
  if (parsed.success) return parsed.data
  throw unreadable(fileName, `line ${line}`, `a statement cannot be read: ${firstIssue(parsed.error)}`)
}

function entryReader(fileName: string): ReadRawEntry<CamtLine> {
  return (content, number, line) => {
    const parsed = entrySchema.safeParse(content)
    const where = (): string => `entry ${number} (line ${line})`
    if (!parsed.success) throw unreadable(fileName, where(), `it cannot be read: ${firstIssue(parsed.error)}`)
    return readEntry(fileName, parsed.data, number, where)
  }
}

function sectionsOf(
  fileName: string,
  statement: CamtStatement,
  lines: readonly CamtLine[],
  options: ReadOptions,
): readonly StatementSection[] {
  const { Acct, Bal } = statement
  const own = Acct?.Ccy ?? Bal[0]?.Amt['@Ccy'] ?? lines[0]?.currency ?? options.currency
  const currencies = new Set([own, ...Bal.map(({ Amt }) => Amt['@Ccy']), ...lines.map(({ currency }) => currency)])
  return [...currencies].map((currency) => {
    const counted = lines.filter((each) => each.currency === currency).map(({ line }) => line)
    return {
      accountNumber: Acct?.Id?.IBAN ?? Acct?.Id?.Othr?.Id ?? null,
      currency,
      ...balancesOf(fileName, statement, currency, options),
      lines: counted,
      footing: footingOf(fileName, statement, currency, counted, options),
    }
  })
}

type Balances = Pick<StatementSection, 'opening' | 'closing'>

/** Of what is booked; available and expected balances (CLAV, FWAV, XPCD) hold other money. */
function balancesOf(
  fileName: string,
  { Bal }: CamtStatement,
  currency: string,
  options: Pick<ReadOptions, 'accountKind'>,
): Balances {
  const of = (code: string): readonly NonNullable<Balances['opening']>[] =>
    Bal.filter(
      ({ Tp, Amt }) => (Tp?.CdOrPrtry?.Cd ?? Tp?.CdOrPrtry?.Prtry) === code && Amt['@Ccy'] === currency,
    ).flatMap(({ Amt, CdtDbtInd, CdtLine, Dt }) => {
      const amount = amountOf(fileName, () => `the balance ${code}`, Amt['#text'])
      const signed = CdtDbtInd === 'DBIT' ? -amount : amount
      // Statements landed before accounts told their kind stay as they were read.
      const line = options.accountKind === null ? 0n : creditLineIn(fileName, CdtLine, currency)
      return line === null ? [] : [{ amount: signed - line, date: dayOf(Dt)?.date ?? null }]
    })
  // Interim balances begin and end the pages of a statement; a single one is where an interim report has come to.
  const interim = of('ITBD')
  const first = of('OPBD')[0] ?? of('PRCD')[0] ?? null
  const last = of('CLBD').at(-1) ?? null
  const begins = first ?? (interim.length > 1 || (interim.length > 0 && last !== null) ? (interim[0] ?? null) : null)
  return { opening: begins, closing: last ?? interim.at(-1) ?? null }
}

/** What the bank would lend is in some balances, and nobody's money. Null where the file does not say how much. */
function creditLineIn(
  fileName: string,
  lines: CamtStatement['Bal'][number]['CdtLine'],
  currency: string,
): Units | null {
  const included = lines.filter(({ Incl }) => Incl === 'true' || Incl === '1')
  if (included.some(({ Amt }) => Amt?.['@Ccy'] !== currency)) return null
  return included.reduce((sum, { Amt }) => sum + amountOf(fileName, () => 'a credit line', Amt?.['#text'] ?? ''), 0n)
}

function footingOf(
  fileName: string,
  statement: CamtStatement,
  currency: string,
  lines: readonly StatementLine[],
  options: Pick<ReadOptions, 'accountKind'>,
): StatementSection['footing'] {
  const { opening, closing } = balancesOf(fileName, statement, currency, options)
  return prove(lines, { opening: opening?.amount ?? null, closing: closing?.amount ?? null, noun: 'Entry' }).footing
}

function remarksOf(statement: CamtStatement, lines: readonly CamtLine[]): readonly string[] {
  const name = `Statement ${statement.Id ?? 'without an id'}`
  const remarks: string[] = []
  const pages = statement.StmtPgntn ?? statement.RptPgntn
  if (pages?.LastPgInd === 'false')
    remarks.push(`${name} is page ${pages.PgNb ?? '?'} of several; the others are in other files.`)
  if (statement.CpyDplctInd !== undefined)
    remarks.push(`${name} is a copy (${statement.CpyDplctInd}) of one the bank has given before.`)
  const stated = statement.TxsSummry?.TtlNtries?.NbOfNtries
  if (stated !== undefined && Number(stated) !== lines.length)
    remarks.push(
      `${name} says it has ${stated} entries and has ${lines.length}; the bank may count otherwise, or the file is not whole.`,
    )
  return remarks
}
