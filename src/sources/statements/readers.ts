/**
 * Every format that can be read, the most specific first: where two recognise a file, the earlier one is right, since a
 * PayPal download is also a CSV with dates and amounts.
 */
import type { StatementFormat } from '../../domain/statements/statement.ts'
import { detect as detectBankCsv, read as readBankCsv } from './bank-csv/bank-csv.ts'
import * as camt from './camt/camt.ts'
import * as mt940 from './mt940/mt940.ts'
import * as ofx from './ofx/ofx.ts'
import type { StatementReader } from './options.ts'
import * as paypalCsv from './paypal/csv.ts'
import * as paypalJson from './paypal/json.ts'
import * as razorpayCsv from './razorpay/csv.ts'

export const READERS: Readonly<Record<StatementFormat, StatementReader>> = {
  'paypal-csv': paypalCsv,
  'paypal-json': paypalJson,
  'razorpay-csv': razorpayCsv,
  'bank-csv': { detect: detectBankCsv, read: readBankCsv },
  ofx,
  camt,
  mt940,
}

/** Marks nothing else has, then vendors' own headers, then any table. */
export const DETECTION_ORDER: readonly StatementFormat[] = [
  'camt',
  'ofx',
  'mt940',
  'paypal-json',
  'paypal-csv',
  'razorpay-csv',
  'bank-csv',
]
