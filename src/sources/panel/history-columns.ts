/**
 * What panels call the columns of an order history, gathered from their user pages, exports, admin data and tables.
 * Names are in normal form (lower case, single spaces), the best first: "status name" is text where "status" may be a code.
 */
import { InputError } from '../../domain/errors.ts'
import { bindColumns, normalName, type BoundColumns, type ColumnRules } from '../csv/columns.ts'

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

/** Only the id is needed: whatever else a file says is a help, and the panel is asked for it. */
const HISTORY_COLUMNS: ColumnRules<HistoryField> = {
  orderId: {
    title: 'ID',
    required: true,
    names: ['order id', 'id', 'order', 'order number', 'order no', 'orderid', '#', 'no'],
  },
  date: {
    title: 'Date',
    required: false,
    names: [
      'date',
      'created',
      'created at',
      'order create',
      'order date',
      'ordered at',
      'order time',
      'date created',
      'placed',
      'time',
    ],
  },
  charge: {
    title: 'Charge',
    required: false,
    names: ['charge', 'order charge', 'charged', 'price', 'order price', 'cost', 'total', 'amount', 'total payment'],
  },
  status: { title: 'Status', required: false, names: ['status name', 'status', 'order status', 'state'] },
  quantity: { title: 'Quantity', required: false, names: ['quantity', 'order quantity', 'qty', 'count'] },
  service: { title: 'Service', required: false, names: ['service id', 'service'] },
  serviceName: { title: 'Service name', required: false, names: ['service name'] },
  startCount: {
    title: 'Start count',
    required: false,
    names: ['start count', 'start counter', 'initial count', 'order start', 'start'],
  },
  remains: {
    title: 'Remains',
    required: false,
    names: ['remains', 'order remains', 'remaining', 'remain', 'remains count'],
  },
  link: { title: 'Link', required: false, names: ['link', 'order url', 'url', 'target'] },
  currency: { title: 'Currency', required: false, names: ['currency'] },
}

/** Of the fields, those that only orders have; a list of services or of users has an id and a status, too. */
const ONLY_ORDERS: readonly HistoryField[] = ['quantity', 'startCount', 'remains', 'link']
/** Together they make a list of orders, too, unless it says that it is of something else. */
const USUAL: readonly HistoryField[] = ['date', 'charge', 'status']

const WALLET_LOG = {
  is: 'wallet movements',
  hint: 'The balance is read over the API. Download the orders instead; top-ups belong into an evidence file (rows of kind top-up).',
}

/** Lists that panels offer beside the orders, by a column only they have, and what to do with them. */
const OTHER_LISTS: readonly { readonly column: string; readonly is: string; readonly hint: string }[] = [
  ...['method', 'payment method', 'reference', 'transaction id'].map((column) => ({
    column,
    is: 'payments',
    hint: 'Top-ups belong into an evidence file (rows of kind top-up): tieout evidence import FILE.',
  })),
  ...['rate', 'rate per 1000', 'min', 'category'].map((column) => ({
    column,
    is: 'services',
    hint: 'The catalogue is read over the API. Download the orders instead.',
  })),
]

/** What only a list of wallet movements has: rows that move a balance, of which orders are some. */
const ONLY_WALLETS: ReadonlySet<string> = new Set([
  'balance',
  'balance before',
  'balance after',
  'old balance',
  'new balance',
  'running balance',
  'amount changed',
  'credit',
  'debit',
  'transaction type',
])

/** Binds a file's header; throws InputError when it cannot be a list of orders, with what it looks like. */
export function bindHistoryColumns(
  fileName: string,
  headers: readonly string[],
  chosen: Readonly<Partial<Record<HistoryField, string>>> = {},
): BoundColumns<HistoryField> {
  const bound = bindColumns(fileName, headers, HISTORY_COLUMNS, chosen)
  if (chosen.orderId !== undefined || ONLY_ORDERS.some((field) => bound[field] !== undefined)) return bound
  const names = headers.map(normalName)
  const isNamed = names[bound.orderId ?? -1]?.includes('order') === true
  const isMoved = bound.charge !== undefined || (names.includes('credit') && names.includes('debit'))
  const isAmount = ['amount', 'total'].includes(names[bound.charge ?? -1] ?? '')
  const isTyped = names.includes('type') && isAmount && !isNamed
  const isWallet = isMoved && (isTyped || names.some((name) => ONLY_WALLETS.has(name)))
  const other = isWallet ? WALLET_LOG : OTHER_LISTS.find(({ column }) => names.includes(column))
  const isUsual = USUAL.every((field) => bound[field] !== undefined)
  if (other === undefined && (isNamed || isUsual)) return bound
  const found = headers.map((header) => `"${header}"`).join(', ')
  throw new InputError(
    'CSV_NOT_ORDERS',
    `${fileName} looks like a list of ${other?.is ?? 'something else than orders'}. Its columns are ${found}.`,
    other?.hint ?? 'If they are orders, name the column of their ids: --column "orderId=HEADER".',
  )
}
