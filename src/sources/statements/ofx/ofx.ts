/**
 * OFX and QFX files: bank and credit card statements, one section per account and currency. The file states what the
 * account held at the end (LEDGERBAL) and nothing it opened with, so only a statement that follows another one is proven.
 */
import type {
  AccountKind,
  ParsedStatement,
  StatementLine,
  StatementSection,
} from '../../../domain/statements/statement.ts'
import { parseExactAmount } from '../amounts.ts'
import { prove } from '../footing.ts'
import type { ReadOptions } from '../options.ts'
import { shown, unreadable } from '../refusal.ts'
import { parseOfxDate } from './date.ts'
import { owedClosing } from './owed-closing.ts'
import { childOf, readTransaction, textOf, type OfxLine } from './transaction.ts'
import { parseOfx, type OfxNode } from './tree.ts'

const DETECT_CHARACTERS = 20_000
/** Statements of money. Securities and loans move otherwise, and are refused rather than half read. */
const STATEMENTS = new Set(['STMTRS', 'CCSTMTRS'])
/** Of ACCTTYPE. */
const HELD_ACCOUNTS = new Set(['CHECKING', 'SAVINGS', 'MONEYMRKT', 'CD'])
const OWED_ACCOUNTS = new Set(['CREDITLINE', 'CREDITCARD'])
const OTHER_STATEMENTS = new Set(['INVSTMTRS', 'LOANSTMTRS', 'AMRTSTMTRS'])

export function detect(text: string): boolean {
  const start = text.slice(0, DETECT_CHARACTERS)
  return /^\s*OFXHEADER\s*:/im.test(start) || /<\?OFX\b/i.test(start) || /<OFX\s*>/i.test(start)
}

export function read(fileName: string, text: string, options: ReadOptions): ParsedStatement {
  const ofx = parseOfx(fileName, text)
  refuseErrors(fileName, ofx)
  const statements = all(ofx, STATEMENTS)
  if (statements.length === 0)
    throw unreadable(
      fileName,
      null,
      'it holds no statement of a bank account or credit card',
      'Choose the account and the dates again, and download it.',
    )
  let entry = 0
  const sections: StatementSection[] = []
  const remarks: string[] = []
  for (const statement of statements) {
    const lines = transactionsOf(fileName, statement, entry)
    entry += lines.length
    const read = sectionsOf(fileName, statement, lines, options)
    sections.push(...read.sections)
    remarks.push(...read.remarks)
  }
  return {
    format: 'ofx',
    sections: sections.map((each, at) => chained(each, sections.slice(0, at))),
    bindings: [],
    remarks,
  }
}

function refuseErrors(fileName: string, ofx: OfxNode): void {
  for (const status of all(ofx, new Set(['STATUS']))) {
    if (textOf(status, 'SEVERITY').toUpperCase() !== 'ERROR') continue
    const message = textOf(status, 'MESSAGE')
    throw unreadable(
      fileName,
      `line ${status.line}`,
      `the bank answered with error ${textOf(status, 'CODE')} ${shown(message)} in place of a statement`,
    )
  }
  const [other] = all(ofx, OTHER_STATEMENTS)
  if (other === undefined) return
  throw unreadable(
    fileName,
    `line ${other.line}`,
    `${other.tag} is a statement of securities or a loan, which is not read`,
    'Download the bank account alone.',
  )
}

function transactionsOf(fileName: string, statement: OfxNode, before: number): readonly OfxLine[] {
  // Some banks forget the end of the list, or the list: what counts is whose statement it is.
  const nodes = all(statement, new Set(['STMTTRN', 'STMTTRNP']))
  return nodes.map((node, index) => readTransaction(fileName, node, before + index + 1))
}

interface Read {
  readonly sections: readonly StatementSection[]
  readonly remarks: readonly string[]
}

/** Amounts that CURRENCY says are in another currency than the account's cannot be added to its balance. */
function sectionsOf(fileName: string, statement: OfxNode, lines: readonly OfxLine[], options: ReadOptions): Read {
  const own = textOf(statement, 'CURDEF').toUpperCase() || options.currency
  const account = childOf(statement, 'BANKACCTFROM') ?? childOf(statement, 'CCACCTFROM')
  const accountNumber = account === null ? null : textOf(account, 'ACCTID') || null
  const foreign = [...new Set(lines.map(({ currency }) => currency ?? own))].filter((each) => each !== own)
  const linesIn = (wanted: string): readonly StatementLine[] =>
    lines.filter(({ currency }) => (currency ?? own) === wanted).map(({ line }) => line)
  const kind = kindOf(statement, account)
  const base = {
    accountNumber,
    opening: null,
    footing: { kind: 'unproven' } as const,
    ...(kind === null ? {} : { kind }),
  }
  const printed = { ...base, currency: own, closing: ledgerBalance(fileName, statement), lines: linesIn(own) }
  const isOwed = options.accountKind === 'card' && kind !== 'bank'
  const told = isOwed ? owedClosing(printed, options.previous) : { closing: printed.closing, remarks: [] }
  return {
    sections: [
      { ...printed, closing: told.closing },
      ...foreign.map((currency) => ({ ...base, currency, closing: null, lines: linesIn(currency) })),
    ],
    remarks: [
      ...told.remarks,
      ...foreign.map(
        (currency) =>
          `Some lines of the account in ${own} say they are in ${currency}; they are kept apart, and the file does not tell what they did to the balance.`,
      ),
      ...signRemark(lines.map(({ line }) => line)),
      ...(account === null ? [`The statement on line ${statement.line} does not name its account.`] : []),
    ],
  }
}

/** What the statement is of: a card's has a message of its own, and a credit line is an account of a bank. Null: not said. */
function kindOf({ tag }: OfxNode, account: OfxNode | null): AccountKind | null {
  if (tag === 'CCSTMTRS') return 'card'
  const type = account === null ? '' : textOf(account, 'ACCTTYPE').toUpperCase()
  if (OWED_ACCOUNTS.has(type)) return 'card'
  return HELD_ACCOUNTS.has(type) ? 'bank' : null
}

function ledgerBalance(fileName: string, statement: OfxNode): StatementSection['closing'] {
  const balance = childOf(statement, 'LEDGERBAL')
  // Banks that do not tell it leave the field empty.
  if (balance === null || textOf(balance, 'BALAMT') === '') return null
  const amount = parseExactAmount(textOf(balance, 'BALAMT'))
  if (!amount.ok)
    throw unreadable(fileName, `line ${balance.line}`, `BALAMT of LEDGERBAL cannot be read: ${amount.reason}`)
  return { amount: amount.units, date: parseOfxDate(textOf(balance, 'DTASOF'))?.date ?? null }
}

function signRemark(lines: readonly StatementLine[]): readonly string[] {
  const odd = lines.filter(({ rawType, amount }) => rawType.toUpperCase() === 'DEBIT' && amount > 0n)
  const [first] = odd
  if (first === undefined) return []
  return [
    `Entry ${first.line} is called DEBIT and has a positive amount (${odd.length} such); amounts are taken as they are signed, so compare one with the bank.`,
  ]
}

/** Proven by an earlier statement of the account in the same file that closed the day this one begins, or the day before. */
function chained(section: StatementSection, before: readonly StatementSection[]): StatementSection {
  const first = section.lines.map(({ date }) => date).toSorted()[0]
  const previous = before.findLast(
    (each) =>
      each.accountNumber !== null &&
      each.accountNumber === section.accountNumber &&
      each.currency === section.currency &&
      each.closing !== null,
  )
  const opening = previous?.closing
  if (!opening || opening.date === null || first === undefined || opening.date >= first) return section
  const { footing } = prove(section.lines, {
    opening: opening.amount,
    closing: section.closing?.amount ?? null,
    noun: 'Entry',
  })
  return { ...section, opening, footing }
}

/** In the order of the file, at any depth. */
function all(node: OfxNode, tags: ReadonlySet<string>): readonly OfxNode[] {
  return node.children.flatMap((child) => [...(tags.has(child.tag) ? [child] : []), ...all(child, tags)])
}
