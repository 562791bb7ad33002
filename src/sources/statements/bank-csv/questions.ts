/** What is asked about a bank's CSV: what is not clear, beside the first line it is about, and the word that settles it. */
import { InputError } from '../../../domain/errors.ts'
import { formatMoney } from '../../../domain/money/money.ts'
import type { BankProfile } from '../../../domain/statements/bank-profile.ts'
import type { AccountKind, StatementLine } from '../../../domain/statements/statement.ts'
import { shown, unreadable } from '../refusal.ts'
import type { BankTable } from './find-table.ts'
import { bindingsOf, type Proposal } from './propose.ts'
import type { Tried } from './tries.ts'

const FEW_ROWS = 5

type Sections = readonly { readonly lines: readonly StatementLine[] }[]

const BOTH =
  'Compare it with the bank and say once --columns "sign=in-positive" if positive amounts came in, or --columns "sign=out-positive" if they went out'
const KEPT = 'It is kept for the account; for the inbox, put it into tieout.yaml as columns: of the account.'

/** "line 2: 59.99 out on 2026-03-05"; null where no line moved money. */
export function sentenceOf(sections: Sections): string | null {
  const line = firstMoved(sections)
  return line === undefined
    ? null
    : `line ${line.line}: ${formatMoney(line.amount < 0n ? -line.amount : line.amount)} ${line.amount < 0n ? 'out' : 'in'} on ${line.date}`
}

/** A sign on a card tells nothing: some print what was spent as positive, some what came in. */
export function cardSignOpen(fileName: string, drafts: Sections): InputError {
  return question(
    `${fileName}: whether positive amounts came in or went out is not known of this card${asPrinted(drafts)}.`,
    `${BOTH}. ${KEPT}`,
  )
}

export function directionOpen(fileName: string, drafts: Sections): InputError {
  return question(
    `${fileName}: nothing in it tells whether positive amounts came in or went out${asPrinted(drafts)}.`,
    `${BOTH}; or name the column that says it: --columns "direction=HEADER". ${KEPT}`,
  )
}

export function cardInBank(fileName: string): InputError {
  return question(
    `${fileName} has a column that cards' downloads have, and its account is not of type: card.`,
    `If it is a credit card's, give the account type: card in tieout.yaml. If not, ${lower(BOTH)}.`,
  )
}

export function kindChanged(fileName: string, before: AccountKind | null): InputError {
  return question(
    `${fileName}: earlier files of this account were read when it was ${before === null ? 'of another type' : `of type: ${before}`}, so they may be the wrong way round.`,
    'Take them back with tieout statements undo HASH --by NAME --why TEXT and import them again. If they are right, say --columns "sign=in-positive" or "sign=out-positive" with this one.',
  )
}

export function creditOpen(fileName: string): InputError {
  return columns(
    `${fileName}: its credits are negative, and no balance tells whether that is money in, as some cards print it, or money taken back.`,
    'If it was taken back, name the column: --columns "credit=HEADER", for every file in columns: of the account in tieout.yaml. If it came in, download the file as OFX or QFX, or take the minus signs off that column.',
  )
}

export function feeOpen(fileName: string): InputError {
  return columns(
    `${fileName}: it has fees, and no balance tells whether they come on top of the amounts.`,
    'Say --columns "fee=HEADER" if they do, or --columns "fee=" if the amounts are after fees.',
  )
}

/** `best`: what follows furthest of how it may be read. */
export function doesNotFollow(
  fileName: string,
  best: Tried,
  kept: BankProfile | null,
  isOneColumn: boolean,
  kind: AccountKind | null,
): InputError {
  const footing = best.sections.map(({ proof }) => proof.footing).find((each) => each.kind === 'differs')
  const broken = footing?.kind === 'differs' ? footing.reason : ''
  const other = best.way.sign === 'in-positive' ? 'out-positive' : 'in-positive'
  const by =
    kept === null ? 'its balances do not follow' : "its balances do not follow as the account's profile reads it"
  const says = [
    isOneColumn || kept !== null
      ? `If its amounts are the other way round, say --columns "sign=${other}"`
      : `If debits and credits are swapped, say --columns "sign=${other}"`,
    'if each line has the balance before it, --balance before',
    ...(kind === 'bank' && kept === null
      ? ["if it is a credit card's, give the account type: card in tieout.yaml"]
      : []),
    'if the column is no balance, --columns "balance="',
    `if the bank printed it so, --balance ${best.way.balance}: then it is imported and told as not adding up`,
  ]
  return question(
    `${fileName}: ${by} (${sentenceOf(best.sections) ?? 'no line moved money'}). ${broken}`,
    `${says.join('; ')}.`,
  )
}

export function otherColumns(fileName: string, missing: readonly string[], added: readonly string[]): InputError {
  const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')
  const what = [
    ...(missing.length === 0 ? [] : [`it has no column ${quoted(missing)}`]),
    ...(added.length === 0 ? [] : [`${quoted(added)} is new in it`]),
  ]
  return columns(
    `${fileName} cannot be read by the account's profile: ${what.join(', and ')}.`,
    missing.length > 0
      ? 'If the bank has changed its files, say what is what: --columns "date=HEADER,amount=HEADER", or of a text that is gone --columns "ROLE=". If not, it may be of another account.'
      : 'Say what it is, or that it is nothing: --columns "status=HEADER" or --columns "status=", with the role it looks like.',
  )
}

export function otherDecimal(fileName: string, kept: '.' | ','): InputError {
  return new InputError(
    'STATEMENT_DECIMAL',
    `${fileName}: its amounts have another decimal mark than "${kept}", which the account's profile says.`,
    `If the bank has changed it, say --decimal ${kept === '.' ? ',' : '.'}. If not, the file may be damaged: download it again.`,
  )
}

export function whoseColumn(fileName: string, header: string): InputError {
  return columns(
    `${fileName}: the column "${header}" may be the account each line belongs to, or the other side's.`,
    `Say --columns "account=${header}" if the file holds several accounts of yours, or --columns "account=" if it is the other side's.`,
  )
}

export function unclear(
  fileName: string,
  { headers, rows }: BankTable,
  { roles, questions, misfits }: Proposal,
): InputError {
  const [misfit] = misfits
  const row = misfit && rows.find(({ fields }) => (fields[misfit.column] ?? '').trim() === misfit.cell)
  // Among so few rows a single bad cell is half of its column, and is all that is wrong.
  if (misfit !== undefined && row !== undefined && rows.length <= FEW_ROWS)
    return unreadable(
      fileName,
      `line ${row.line}`,
      `${shown(misfit.cell)} in the column "${headers[misfit.column]}" is no ${misfit.role}`,
      `Look at this line in the file. If another column is the ${misfit.role}, say --columns "${misfit.role}=HEADER".`,
    )
  const bound = bindingsOf(headers, roles).map(
    ({ column, role }) => `"${column}" ${role === null ? 'is not read' : `is the ${role}`}`,
  )
  return new InputError(
    'STATEMENT_COLUMNS',
    `The columns of ${fileName} are not all clear: ${bound.join(', ')}.`,
    questions.join(' '),
  )
}

function firstMoved(sections: Sections): StatementLine | undefined {
  return sections.flatMap(({ lines }) => lines).find(({ amount, uncounted }) => uncounted === null && amount !== 0n)
}

function asPrinted(drafts: Sections): string {
  const line = firstMoved(drafts)
  return line === undefined ? '' : `, as of line ${line.line} with ${formatMoney(line.amount)} on ${line.date}`
}

function lower(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}

function question(message: string, hint: string): InputError {
  return new InputError('STATEMENT_PROFILE', message, hint)
}

function columns(message: string, hint: string): InputError {
  return new InputError('STATEMENT_COLUMNS', message, hint)
}
