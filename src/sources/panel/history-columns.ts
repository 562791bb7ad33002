/**
 * What panels call the columns of an order history, gathered from their user pages, exports, admin data and tables.
 * Names are in normal form (lower case, single spaces), the best first: "status name" is text where "status" may be a code.
 */
import type { ColumnRules } from '../csv/columns.ts'

export const HISTORY_FIELDS = [
  'orderId',
  'date',
  'charge',
  'status',
  'quantity',
  'service',
  'serviceName',
  'startCount',
  'remains',
  'link',
  'currency',
] as const

export type HistoryField = (typeof HISTORY_FIELDS)[number]

export const HISTORY_COLUMNS: ColumnRules<HistoryField> = {
  orderId: { required: true, names: ['order id', 'id', 'order', 'order number', 'order no', 'orderid', '#'] },
  date: {
    required: true,
    names: ['date', 'created', 'created at', 'order create', 'order date', 'ordered at', 'time'],
  },
  charge: { required: true, names: ['charge', 'order charge', 'price', 'cost', 'total', 'amount'] },
  status: { required: true, names: ['status name', 'status', 'order status', 'state'] },
  quantity: { required: false, names: ['quantity', 'order quantity', 'qty', 'count'] },
  service: { required: false, names: ['service id', 'service'] },
  serviceName: { required: false, names: ['service name'] },
  startCount: { required: false, names: ['start count', 'start counter', 'order start', 'start'] },
  remains: { required: false, names: ['remains', 'order remains', 'remaining', 'remain'] },
  link: { required: false, names: ['link', 'order url', 'url'] },
  currency: { required: false, names: ['currency'] },
}
