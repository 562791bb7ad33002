/**
 * The ways a wallet log can be meant: charges printed negative or not, fees taken from the amount or paid beside it, bonuses
 * on top of the amount or in it. The printed balances choose; without them the usual way is taken and said.
 */
import { footByBalances, type FootedLines } from '../../../domain/statements/line-footing.ts'
import type { Units } from '../../../domain/money/money.ts'
import type { LineType, StatementLine } from '../../../domain/statements/statement.ts'
import { shown, unreadable } from '../refusal.ts'
import type { WalletRow } from './rows.ts'

export interface Reading {
  readonly areChargesUnsigned: boolean
  readonly isFeeTaken: boolean
  readonly isBonusInside: boolean
}

export interface ChosenReading extends FootedLines {
  readonly reading: Reading
  readonly hasFees: boolean
  readonly hasBonuses: boolean
  readonly lines: readonly StatementLine[]
}

const OUTGOING: ReadonlySet<LineType> = new Set(['charge', 'fee'])

/** The usual ways come first, so that they win where nothing tells. */
export function chooseReading(fileName: string, rows: readonly WalletRow[]): ChosenReading {
  const free = rows.filter(({ isSigned, uncounted }) => !isSigned && uncounted === null)
  const outgoing = free.filter(({ type }) => OUTGOING.has(type))
  const signs = outgoing.length > 0 && outgoing.every(({ printed }) => printed >= 0n) ? [true, false] : [false]
  const hasFees = rows.some(({ fee }) => fee !== 0n)
  const hasBonuses = rows.some(({ bonus }) => bonus !== 0n)
  const fees = hasFees ? [false, true] : [false]
  const bonuses = hasBonuses ? [false, true] : [false]
  let best: ChosenReading | null = null
  for (const areChargesUnsigned of signs)
    for (const isFeeTaken of fees)
      for (const isBonusInside of bonuses) {
        const reading = { areChargesUnsigned, isFeeTaken, isBonusInside }
        const moved = rows.map((row, at) => movementOf(fileName, rows, row, at, reading))
        const footed = footByBalances(rows.map((row, at) => wholeLine(row, moved[at] ?? 0n)))
        if (best !== null && breaksOf(footed) >= breaksOf(best)) continue
        best = {
          ...footed,
          reading,
          hasFees,
          hasBonuses,
          lines: rows.flatMap((row, at) => linesOf(row, moved[at] ?? 0n, reading)),
        }
      }
  if (best === null) throw new RangeError('a wallet log has at least one reading')
  return best
}

function breaksOf({ followed }: FootedLines): number {
  return followed?.breaks.length ?? 0
}

/** What a row did to the balance, with its bonus. */
function movementOf(fileName: string, rows: readonly WalletRow[], row: WalletRow, at: number, reading: Reading): Units {
  const signed = signedOf(fileName, rows, row, at, reading)
  return signed - (reading.isFeeTaken ? row.fee : 0n) + (reading.isBonusInside ? 0n : row.bonus)
}

function signedOf(fileName: string, rows: readonly WalletRow[], row: WalletRow, at: number, reading: Reading): Units {
  const { printed, isSigned, type, uncounted, line } = row
  if (isSigned || !reading.areChargesUnsigned || printed <= 0n) return printed
  if (OUTGOING.has(type)) return -printed
  if (type !== 'other' || uncounted !== null) return printed
  const proven = signByNeighbours(rows, row, at)
  if (proven !== null) return proven * printed
  throw unreadable(
    fileName,
    `line ${line}`,
    `${shown(row.rawType || row.description)} does not say whether ${shown(row.description)} went in or out, and the file prints no signs`,
    'Write the amount with its sign, or a type such as Deposit, Order or Refund.',
  )
}

/** 1n or -1n when the balance beside the row tells, whichever way the file runs. */
function signByNeighbours(rows: readonly WalletRow[], { balance, printed }: WalletRow, at: number): 1n | -1n | null {
  const beside = [rows[at - 1]?.balance, rows[at + 1]?.balance].filter((each) => each !== null && each !== undefined)
  if (balance === null) return null
  const isIn = beside.some((each) => each + printed === balance)
  const isOut = beside.some((each) => each - printed === balance)
  return isIn === isOut ? null : isIn ? 1n : -1n
}

function wholeLine(row: WalletRow, amount: Units): StatementLine {
  return {
    line: row.line,
    externalId: row.id === '' ? null : row.id,
    ...row.when,
    amount,
    gross: null,
    fee: null,
    tax: null,
    balance: row.balance,
    type: row.type,
    rawType: row.rawType,
    uncounted: row.uncounted ?? (amount === 0n ? 'information' : null),
    references: row.references,
    group: null,
    counterparty: row.method,
    description: row.description,
  }
}

/** A bonus is a line of its own after its payment, and has the balance of both. */
function linesOf(row: WalletRow, moved: Units, { isFeeTaken }: Reading): readonly StatementLine[] {
  const paid = moved - row.bonus
  const whole = wholeLine(row, paid)
  const fee = isFeeTaken && row.fee !== 0n ? { gross: paid + row.fee, fee: row.fee } : {}
  const main = { ...whole, ...fee }
  if (row.bonus === 0n) return [main]
  const bonus: StatementLine = {
    ...wholeLine(row, row.bonus),
    externalId: row.id === '' ? null : `${row.id}:bonus`,
    type: 'bonus',
    references: [...new Set([row.id, ...row.references])].filter((each) => each !== ''),
  }
  return [{ ...main, balance: null }, bonus]
}
