/** What is asked when a bank's CSV can be read in more than one way: each way with what it makes of the file, and the options that say it. */
import { InputError } from '../../../domain/errors.ts'
import { formatMoney, type Units } from '../../../domain/money/money.ts'
import { AMOUNT_SIGNS, type BankReading } from '../../../domain/statements/bank-reading.ts'
import type { AccountKind } from '../../../domain/statements/statement.ts'
import { typeHint } from './account-kind.ts'
import { outcomeOf, type Tried, type WholeReading } from './readings.ts'

const SHOWN = 4

/** `ways` without a balance that tells them apart, among them one of each sign. */
export function signOpen(fileName: string, ways: readonly Tried[] = []): InputError {
  const signs = AMOUNT_SIGNS.flatMap((sign) => ways.find(({ reading }) => reading.sign === sign) ?? [])
  const made = signs.map((way, at) => `(${at + 1}) ${[...partsOf(way.reading, ['sign']), ...movedBy(way)].join(', ')}`)
  const answers = AMOUNT_SIGNS.map((sign, at) => `(${at + 1}) --columns "sign=${sign}"`)
  return new InputError(
    'STATEMENT_SEVERAL_READINGS',
    `${fileName}: neither its balances nor an earlier file of the account tell whether positive amounts came in or went out${made.length === 0 ? '' : `: ${made.join('; ')}`}.`,
    `Compare one line with the bank and say which it is: ${answers.join(', ')}; or name the column that says it: --columns "direction=HEADER". It is remembered for the account; for the inbox, put it into tieout.yaml as columns: of the account.`,
  )
}

export function creditOpen(fileName: string): InputError {
  return new InputError(
    'STATEMENT_COLUMNS',
    `${fileName}: its credits are negative, and no balance tells whether that is money in, as some cards print it, or money taken back.`,
    'If it was taken back, name the column: --columns "credit=HEADER". If it came in, download the file as OFX or QFX, or take the minus signs off that column.',
  )
}

export function feeOpen(fileName: string): InputError {
  return new InputError(
    'STATEMENT_COLUMNS',
    `${fileName}: it has fees, and no balance tells whether they come on top of the amounts.`,
    'Say --columns "fee=HEADER" if they do, or --columns "fee=" if the amounts are after fees.',
  )
}

/** `ways` make different things of the file, and its balances fit all of them. `kind`: of the account. */
export function severalWays(fileName: string, ways: readonly Tried[], kind: AccountKind | null = null): InputError {
  const told = [...new Map(ways.map((way) => [outcomeOf(way), way])).values()]
  const keys = tellingKeys(told)
  const shown = told.slice(0, SHOWN).map((way, at) => `(${at + 1}) ${madeOf(way)}`)
  const isOther = kind !== null && told.some(({ reading }) => reading.isOwed !== (kind === 'card'))
  const answers = told.slice(0, SHOWN).map(({ reading }, at) => `(${at + 1}) ${optionsFor(reading, keys)}`)
  return new InputError(
    'STATEMENT_SEVERAL_READINGS',
    `${fileName} can be read in ${told.length} ways, and nothing in it tells which is right: ${shown.join('; ')}.`,
    `Compare one line with the bank and say which it is: ${answers.join(', ')}. It is remembered for the account.${isOther ? ` ${typeHint(kind)}` : ''}`,
  )
}

export function contradicts(fileName: string, way: Tried, earlier: BankReading, kind: AccountKind | null): InputError {
  const keys = KEYS.filter((key) => earlier[key] !== null && earlier[key] !== way.reading[key])
  return new InputError(
    'STATEMENT_SEVERAL_READINGS',
    `${fileName} contradicts the earlier files of this account with the same columns: in those ${partsOf(earlier, keys).join(', ')}, and here its balances only fit if ${partsOf(way.reading, keys).join(', ')}.`,
    `If the bank has changed its files, say ${optionsFor(way.reading, keys)}. If not, the file may be of another account, or damaged: download it again.${kind !== null && keys.includes('isOwed') ? ` If the account was given type: ${kind} after those were imported, they were read the wrong way round: take them back with tieout statements undo, and import them again.` : ''}`,
  )
}

const KEYS = ['sign', 'isFeeOnTop', 'isOwed', 'balance', 'order'] as const
type Key = (typeof KEYS)[number]

/** One that tells all ways apart, if there is one; else every one in which they differ. */
function tellingKeys(ways: readonly Tried[]): readonly Key[] {
  const values = (key: Key): ReadonlySet<unknown> => new Set(ways.map(({ reading }) => reading[key]))
  const differing = KEYS.filter((key) => key !== 'isOwed' && values(key).size > 1)
  const telling = differing.find((key) => values(key).size === ways.length)
  return telling === undefined ? differing : [telling]
}

/** "it opens with 100.00 and closes with 95.00, and line 2 is 5.00 out". */
function madeOf(way: Tried): string {
  const [section] = way.sections()
  const { opening = null, closing = null } = section?.proof ?? {}
  const ends =
    opening === null || closing === null
      ? []
      : [`it opens with ${formatMoney(opening)} and closes with ${formatMoney(closing)}`]
  return [...partsOf(way.reading, KEYS), ...ends, ...movedBy(way)].join(', ')
}

/** Its first line, by which a person tells. */
function movedBy(way: Tried): readonly string[] {
  const lines = way.sections().flatMap((section) => section.lines)
  const moved = lines.find(({ amount, uncounted }) => uncounted === null && amount !== 0n)
  return moved === undefined ? [] : [`line ${moved.line} is ${inOrOut(moved.amount)}`]
}

function inOrOut(amount: Units): string {
  return amount < 0n ? `${formatMoney(-amount)} out` : `${formatMoney(amount)} in`
}

/** What a person reads of a reading. */
export function partsOf(reading: BankReading, keys: readonly Key[] = KEYS): readonly string[] {
  const { sign, isFeeOnTop, isOwed, balance, order } = reading
  const has = (key: Key): boolean => keys.includes(key)
  return [
    ...(has('sign') && sign !== null ? [`positive amounts ${sign === 'in-positive' ? 'came in' : 'went out'}`] : []),
    ...(has('isFeeOnTop') && isFeeOnTop === true ? ['fees come on top of the amounts'] : []),
    ...(has('isFeeOnTop') && isFeeOnTop === false && keys !== KEYS ? ['fees are inside the amounts'] : []),
    ...(has('isOwed') && isOwed === true ? ['balances are what is owed'] : []),
    ...(has('isOwed') && isOwed === false && keys !== KEYS ? ['balances are what is held'] : []),
    ...(has('balance') && balance !== null ? [`each line has the balance ${balance} it`] : []),
    ...(has('order') && order !== null
      ? [`lines of a day stand ${order === 'oldest-first' ? 'oldest' : 'newest'} first`]
      : []),
  ]
}

function optionsFor({ sign, isFeeOnTop, balance, order }: WholeReading, keys: readonly Key[]): string {
  const has = (key: Key): boolean => keys.includes(key)
  const options = [
    ...(has('sign') || has('isOwed') ? [`--columns "sign=${sign}"`] : []),
    ...(has('isFeeOnTop') ? [`--columns "fee=${isFeeOnTop ? 'HEADER' : ''}"`] : []),
    ...(has('balance') ? [`--balance ${balance}`] : []),
    ...(has('order') ? [`--order ${order}`] : []),
  ]
  return options.join(' ')
}
