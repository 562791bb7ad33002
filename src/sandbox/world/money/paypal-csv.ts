/** PayPal's activity download, newest first, with its pending and memo rows. */
import { formatMoney, type Units } from '../../../domain/money/money.ts'
import { printed, table, type Days, type Printed } from './printed.ts'
import { netOf } from './state.ts'
import type { MoneyState, PaypalType } from './state.ts'

const PAYPAL_HEADER = [
  'Datum',
  'Uhrzeit',
  'Zeitzone',
  'Name',
  'Typ',
  'Status',
  'Währung',
  'Brutto',
  'Gebühr',
  'Netto',
  'Transaktionscode',
  'Zugehöriger Transaktionscode',
  'Rechnungsnummer',
  'Guthaben',
  'Betreff',
  'Auswirkung auf Guthaben',
]

const PAYPAL_WORDS: Readonly<Record<PaypalType, string>> = {
  payment: 'Allgemeine Zahlung',
  bill: 'Zahlung im Einzugsverfahren',
  authorization: 'Allgemeine Autorisierung',
  deposit: 'Bankgutschrift auf PayPal-Konto',
  withdrawal: 'Von Nutzer eingeleitete Abbuchung',
  conversion: 'Allgemeine Währungsumrechnung',
  reversal: 'Rückbuchung',
}

/**
 * As PayPal gives it to a German account. 03/08/2026 in an American one cannot be told from the 3rd of August before the
 * 13th of a month, and nobody is asked at night.
 */
export function paypalCsv(money: MoneyState, days: Days): string {
  const rows = (['USD', 'EUR'] as const)
    .flatMap((currency) => printed(money, 'paypal', currency, days).rows)
    .toSorted((a, b) => b.line.id.localeCompare(a.line.id))
  return table([PAYPAL_HEADER, ...rows.map(paypalRow)], '\uFEFF')
}

function paypalRow({ line, balance }: Printed): readonly string[] {
  const { atMs, gross, fee, status } = line
  const [date = '', time = ''] = new Date(atMs).toISOString().split('T')
  return [
    date.split('-').toReversed().join('.'),
    time.slice(0, 8),
    'UTC',
    line.party,
    PAYPAL_WORDS[line.type],
    status === 'pending' ? 'Ausstehend' : 'Abgeschlossen',
    line.currency,
    german(gross),
    german(-fee),
    german(netOf(line)),
    line.id,
    line.relatedId,
    line.reference,
    german(balance),
    line.text,
    status !== 'posted' ? 'Memo' : netOf(line) < 0n ? 'Soll' : 'Haben',
  ]
}

/** 1.234,50 */
function german(units: Units): string {
  const [whole = '', fraction = ''] = formatMoney(units).split('.')
  return `${whole.replaceAll(/\B(?=(?:\d{3})+$)/g, '.')},${fraction}`
}
