/** Any PayPal activity, in any language, order of columns and direction, reads to the same lines and proves itself. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDecimals } from '../../../src/domain/money/money.ts'
import { read } from '../../../src/sources/statements/paypal/csv.ts'
import { OPTIONS } from './support.ts'

interface Language {
  readonly header: readonly string[]
  readonly delimiter: string
  readonly decimal: '.' | ','
  readonly date: (year: string, month: string, day: string) => string
  readonly completed: string
  readonly moved: readonly [string, string]
}

const ENGLISH = [
  'Date',
  'Time',
  'TimeZone',
  'Type',
  'Status',
  'Currency',
  'Gross',
  'Fee',
  'Net',
  'Transaction ID',
  'Balance',
  'Balance Impact',
]
const GERMAN = [
  'Datum',
  'Uhrzeit',
  'Zeitzone',
  'Typ',
  'Status',
  'Währung',
  'Brutto',
  'Gebühr',
  'Netto',
  'Transaktionscode',
  'Guthaben',
  'Auswirkung auf Guthaben',
]
const DUTCH = [
  'Datum',
  'Tijd',
  'Tijdzone',
  'Type',
  'Status',
  'Valuta',
  'Bruto',
  'Kosten',
  'Net',
  'Transactiereferentie',
  'Saldo',
  'Effect op saldo',
]
const SPANISH = [
  'Fecha',
  'Hora',
  'Zona horaria',
  'Tipo',
  'Estado',
  'Divisa',
  'Bruto',
  'Tarifa',
  'Neto',
  'Id. de transacción',
  'Saldo',
  'Impacto en el saldo',
]
const FRENCH = [
  'Date',
  'Heure',
  'Fuseau horaire',
  'Type',
  'État',
  'Devise',
  'Avant commission',
  'Commission',
  'Net',
  'Numéro de transaction',
  'Solde',
  'Impact sur le solde',
]

const LANGUAGES: readonly Language[] = [
  {
    header: ENGLISH,
    delimiter: ',',
    decimal: '.',
    date: (y, m, d) => `${m}/${d}/${y}`,
    completed: 'Completed',
    moved: ['Credit', 'Debit'],
  },
  {
    header: ENGLISH.map((name) => (name === 'TimeZone' ? 'Time zone' : name)),
    delimiter: ',',
    decimal: '.',
    date: (y, m, d) => `${d}/${m}/${y}`,
    completed: 'Completed',
    moved: ['Credit', 'Debit'],
  },
  {
    header: GERMAN,
    delimiter: ';',
    decimal: ',',
    date: (y, m, d) => `${d}.${m}.${y}`,
    completed: 'Abgeschlossen',
    moved: ['Haben', 'Soll'],
  },
  {
    header: DUTCH,
    delimiter: ',',
    decimal: ',',
    date: (y, m, d) => `${d}-${m}-${y}`,
    completed: 'Voltooid',
    moved: ['Bij', 'Af'],
  },
  {
    header: SPANISH,
    delimiter: ',',
    decimal: ',',
    date: (y, m, d) => `${Number(d)}/${Number(m)}/${y}`,
    completed: 'Completado',
    moved: ['Crédito', 'Débito'],
  },
  {
    header: FRENCH,
    delimiter: '\t',
    decimal: ',',
    date: (y, m, d) => `${d}/${m}/${y}`,
    completed: 'Terminé',
    moved: ['Crédit', 'Débit'],
  },
]

const CENT = 1_000_000n
const payment = fc.record({
  gross: fc.bigInt({ min: -200_000_000n, max: 200_000_000n }).filter((cents) => cents !== 0n),
  fee: fc.bigInt({ min: 0n, max: 500n }),
  currency: fc.constantFrom('USD', 'EUR'),
  seconds: fc.integer({ min: 0, max: 4000 }),
  isMemo: fc.boolean(),
})
type Payment = typeof payment extends fc.Arbitrary<infer T> ? T : never
const activity = fc.array(payment, { minLength: 2, maxLength: 15 })
const variant = fc.record({
  language: fc.constantFrom(...LANGUAGES),
  isNewestFirst: fc.boolean(),
  isTitled: fc.boolean(),
  order: fc.shuffledSubarray([...ENGLISH.keys()], { minLength: ENGLISH.length }),
})
type Variant = typeof variant extends fc.Arbitrary<infer T> ? T : never

function amountText(cents: bigint, decimal: '.' | ','): string {
  const [whole = '', fraction = ''] = formatDecimals(cents * CENT, 2).split('.')
  return `${whole.replaceAll(/\B(?=(?:\d{3})+$)/g, decimal === '.' ? ',' : '.')}${decimal}${fraction}`
}

/** The last payment is on the 28th, so that day and month can be told apart. */
function render(
  payments: readonly Payment[],
  { language, isNewestFirst, isTitled, order }: Variant,
  wrong = -1,
): string {
  const { decimal, delimiter, header, moved } = language
  const balances = new Map<string, bigint>()
  let ms = Date.UTC(2026, 2, 27, 22)
  const rows = payments.map(({ gross, fee, currency, seconds, isMemo }, at) => {
    ms += seconds * 1000
    const net = gross - fee
    const balance = (balances.get(currency) ?? 0n) + (isMemo ? 0n : net)
    balances.set(currency, balance)
    const [year = '', month = '', day = '', time = ''] = new Date(ms).toISOString().split(/[-T.]/)
    const shift = at === wrong ? 1n : 0n
    const figures = [gross + shift, -fee, net + shift].map((cents) => amountText(cents, decimal))
    const impact = isMemo ? 'Memo' : net > 0n ? moved[0] : moved[1]
    const when = [language.date(year, month, day), time, 'GMT']
    const cells = [
      ...when,
      'Payment',
      language.completed,
      currency,
      ...figures,
      `T${at}`,
      amountText(balance, decimal),
      impact,
    ]
    return order.map((column) => `"${cells[column]}"`).join(delimiter)
  })
  const top = order.map((column) => `"${header[column]}"`).join(delimiter)
  return [...(isTitled ? ['PayPal "2026'] : []), top, ...(isNewestFirst ? rows.reverse() : rows), ''].join('\n')
}

function linesOf(text: string) {
  const { sections } = read('paypal.csv', text, OPTIONS)
  const lines = sections.flatMap((section) => section.lines.map((line) => ({ ...line, currency: section.currency })))
  return { sections, lines: lines.sort((a, b) => Number(a.externalId?.slice(1)) - Number(b.externalId?.slice(1))) }
}

describe('any PayPal activity', () => {
  it('reads to the same lines and foots, in every language, direction and order of columns', () => {
    fc.assert(
      fc.property(activity, variant, (payments, each) => {
        const dated = [...payments, { gross: 5n, fee: 0n, currency: 'USD' as const, seconds: 7200, isMemo: false }]
        const { sections, lines } = linesOf(render(dated, each))
        expect(lines.map(({ amount, gross, fee, currency }) => ({ amount, gross, fee, currency }))).toEqual(
          dated.map(({ gross, fee, currency }) => {
            return { amount: (gross - fee) * CENT, gross: gross * CENT, fee: fee * CENT, currency }
          }),
        )
        const zero = (at: number): boolean => dated[at]?.gross === dated[at]?.fee
        expect(lines.map(({ uncounted }) => uncounted)).toEqual(
          dated.map(({ isMemo }, at) => (isMemo ? 'memo' : zero(at) ? 'information' : null)),
        )
        expect(sections.filter(({ footing }) => footing.kind === 'differs')).toEqual([])
      }),
    )
  })

  it('with one amount changed differs at its line', () => {
    const spaced = activity.map((all) =>
      all.map((each) => ({ ...each, seconds: each.seconds + 1, isMemo: false, currency: 'USD' as const })),
    )
    fc.assert(
      fc.property(spaced, fc.nat(), fc.constantFrom(...LANGUAGES), (payments, pick, language) => {
        const last: Payment = { gross: 5n, fee: 0n, currency: 'USD', seconds: 7200, isMemo: false }
        const wrong = 1 + (pick % payments.length)
        const each: Variant = { language, isNewestFirst: false, isTitled: false, order: [...ENGLISH.keys()] }
        const text = render([...payments, last], each, wrong)
        fc.pre(!/"0[.,]00"(?=[,;\t]"T)/.test(text))
        expect(linesOf(text).sections[0]?.footing).toMatchObject({
          kind: 'differs',
          line: wrong + 2,
          difference: -CENT,
        })
      }),
    )
  })
})
