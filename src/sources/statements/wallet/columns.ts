/**
 * What panels and ad networks call the columns of a wallet log or a list of payments. Names are in normal form, the best
 * first; which of a log's shapes a file has follows from what is there.
 */
import type { ColumnRules } from '../../csv/columns.ts'
import { wordsOf } from '../columns/words.ts'
import { isOrderHistory } from '../../panel/history-columns.ts'
import { isPayPalHeader } from '../paypal/columns.ts'
import { isReconHeader, isSettlementHeader } from '../razorpay/columns.ts'

export const WALLET_FIELDS = [
  'id',
  'reference',
  'orderId',
  'date',
  'time',
  'type',
  'description',
  'method',
  'amount',
  'credit',
  'debit',
  'fee',
  'bonus',
  'before',
  'balance',
  'status',
  'currency',
] as const
export type WalletField = (typeof WALLET_FIELDS)[number]

export const WALLET_COLUMNS: ColumnRules<WalletField> = {
  id: {
    title: 'ID',
    required: false,
    names: wordsOf('id, payment id, transaction id, txn id, trx id, trx, transaction no, #, no'),
  },
  reference: {
    title: 'Reference',
    required: false,
    names: wordsOf('reference, ref, reference no, payment reference, external id, txn, hash'),
  },
  orderId: { title: 'Order ID', required: false, names: wordsOf('order id, order, order no, order number') },
  date: {
    title: 'Date',
    required: true,
    names: wordsOf(
      'date, created, created at, date created, date and time, datetime, timestamp, time, data, fecha, дата',
    ),
  },
  // Alone it is the date; beside one it is what the date lacks.
  time: { title: 'Time', required: false, names: wordsOf('time, hour, hora, время') },
  type: {
    title: 'Type',
    required: false,
    names: wordsOf('type, transaction type, action, operation, kind, event, category, tipo, тип'),
  },
  description: {
    title: 'Description',
    required: false,
    names: wordsOf(
      'description, note, details, detail, comment, memo, message, reason, remark, remarks, descrição, описание',
    ),
  },
  method: {
    title: 'Method',
    required: false,
    names: wordsOf('method, payment method, gateway, payment gateway, payment system, payment type, método'),
  },
  amount: {
    title: 'Amount',
    required: false,
    names: wordsOf('amount, sum, value, change, amount changed, transaction amount, valor, importe, сумма'),
  },
  credit: { title: 'Credit', required: false, names: wordsOf('credit, in, money in, credited') },
  debit: { title: 'Debit', required: false, names: wordsOf('debit, out, money out, spent') },
  fee: { title: 'Fee', required: false, names: wordsOf('fee, fees, commission, payment fee, gateway fee') },
  bonus: { title: 'Bonus', required: false, names: wordsOf('bonus, bonus amount, payment bonus') },
  before: {
    title: 'Balance before',
    required: false,
    names: wordsOf('balance before, before, old balance, previous balance, opening balance'),
  },
  balance: {
    title: 'Balance',
    required: false,
    names: wordsOf('balance after, after, new balance, balance, running balance, closing balance, saldo, баланс'),
  },
  status: { title: 'Status', required: false, names: wordsOf('status, state, payment status, статус') },
  currency: { title: 'Currency', required: false, names: wordsOf('currency, moeda, moneda, валюта') },
}

/** A date, an amount, and something that says what the row is; and no list of orders, whose charges are amounts, too. */
export function isWalletHeader(names: readonly string[]): boolean {
  if (isOrderHistory(names)) return false
  const has = (field: WalletField): boolean => WALLET_COLUMNS[field].names.some((name) => names.includes(name))
  const hasAmount = has('amount') || (has('credit') && has('debit'))
  if (!has('date') || !hasAmount || !(has('type') || has('method') || has('description'))) return false
  return !isPayPalHeader(names) && !isReconHeader(names) && !isSettlementHeader(names)
}
