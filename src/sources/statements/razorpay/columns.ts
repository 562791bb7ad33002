/**
 * What Razorpay calls the columns of its recon and settlement reports: the fields of its API, and the dashboard's names.
 */
import type { ColumnRules } from '../../csv/columns.ts'

export const RECON_FIELDS = [
  'id',
  'type',
  'debit',
  'credit',
  'amount',
  'currency',
  'fee',
  'feeWithoutTax',
  'tax',
  'onHold',
  'settled',
  'createdAt',
  'settledAt',
  'settlementId',
  'utr',
  'paymentId',
  'orderId',
  'receipt',
  'disputeId',
  'arn',
  'method',
  'description',
] as const
export type ReconField = (typeof RECON_FIELDS)[number]

export const RECON_COLUMNS: ColumnRules<ReconField> = {
  id: { title: 'entity_id', required: true, names: ['entity id'] },
  type: { title: 'type', required: false, names: ['type', 'transaction entity', 'entity'] },
  debit: { title: 'debit', required: true, names: ['debit'] },
  credit: { title: 'credit', required: true, names: ['credit'] },
  amount: { title: 'amount', required: false, names: ['amount'] },
  currency: { title: 'currency', required: false, names: ['currency'] },
  fee: { title: 'fee', required: false, names: ['fee', 'fees', 'fee (inclusive tax)'] },
  feeWithoutTax: { title: 'fee without tax', required: false, names: ['fee (exclusive tax)'] },
  tax: { title: 'tax', required: false, names: ['tax'] },
  onHold: { title: 'on_hold', required: false, names: ['on hold'] },
  settled: { title: 'settled', required: false, names: ['settled'] },
  createdAt: { title: 'created_at', required: false, names: ['created at', 'entity created at'] },
  settledAt: { title: 'settled_at', required: false, names: ['settled at'] },
  settlementId: { title: 'settlement_id', required: true, names: ['settlement id'] },
  utr: { title: 'settlement_utr', required: false, names: ['settlement utr', 'utr'] },
  paymentId: { title: 'payment_id', required: false, names: ['payment id'] },
  orderId: { title: 'order_id', required: false, names: ['order id'] },
  receipt: { title: 'order_receipt', required: false, names: ['order receipt'] },
  disputeId: { title: 'dispute_id', required: false, names: ['dispute id'] },
  arn: { title: 'arn', required: false, names: ['arn'] },
  method: { title: 'method', required: false, names: ['method', 'payment method'] },
  description: { title: 'description', required: false, names: ['description', 'entity description'] },
}

export const SETTLEMENT_FIELDS = ['id', 'amount', 'status', 'fees', 'tax', 'utr', 'createdAt', 'currency'] as const
export type SettlementField = (typeof SETTLEMENT_FIELDS)[number]

export const SETTLEMENT_COLUMNS: ColumnRules<SettlementField> = {
  id: { title: 'id', required: true, names: ['id', 'settlement id'] },
  amount: { title: 'amount', required: true, names: ['amount', 'settlement amount'] },
  status: { title: 'status', required: true, names: ['status', 'settlement status'] },
  fees: { title: 'fees', required: false, names: ['fees', 'fee'] },
  tax: { title: 'tax', required: false, names: ['tax'] },
  utr: { title: 'utr', required: true, names: ['utr', 'settlement utr', 'utr number'] },
  createdAt: { title: 'created_at', required: true, names: ['created at', 'settled at', 'settled on'] },
  currency: { title: 'currency', required: false, names: ['currency'] },
}

export function isReconHeader(names: readonly string[]): boolean {
  return ['entity id', 'debit', 'credit', 'settlement id'].every((name) => names.includes(name))
}

export function isSettlementHeader(names: readonly string[]): boolean {
  const has = (field: SettlementField): boolean => SETTLEMENT_COLUMNS[field].names.some((name) => names.includes(name))
  return !names.includes('entity id') && (['id', 'amount', 'status', 'utr', 'createdAt'] as const).every(has)
}
