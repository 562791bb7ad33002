/** Stories of processors, from their documents: Razorpay's settlements, by its rows or its own list, and PayPal's exchange. */
import { DAY_MS } from '../payelancer/plan.ts'
import { RATE } from './publisher.ts'
import {
  counterSite,
  dayText,
  eveningMs,
  evidence,
  evidenceText,
  money,
  openings,
  OPENING_CENTS,
  OWED_CENTS,
  statements,
  vendor,
  bankOf,
  type Scene,
  type Story,
} from './story.ts'

const ROWS =
  'entity_id,type,debit,credit,amount,currency,fee,tax,on_hold,settled,created_at,settled_at,settlement_id,posted_at,credit_type,description,notes,payment_id,settlement_utr,order_id,order_receipt,method'

/** Clients pay by card; what they paid less fees and tax is at the bank two days later, under a number the rows name. */
export function settlement(scene: Scene): Story {
  const { name, cents, reference, day, laterDay, isListed, startMs } = scene
  const [rzp, inr] = [`${name}-rzp`, `${name}-inr`]
  const utr = `UTR${reference}`
  const paid = cents.map((amount, nth) => {
    const fee = Math.round(amount * 0.0236)
    return { amount, fee, tax: Math.round(fee * 0.1525), id: `pay_${reference}${nth}` }
  })
  const net = paid.reduce((sum, { amount, fee }) => sum + amount - fee, 0)
  const second = (of: number): number => (startMs + of * DAY_MS) / 1000 + 36_000
  const rows = paid.map(({ id, amount, fee, tax }) =>
    [id, 'payment', 0, amount - fee, amount, 'INR', fee, tax, 'False', 'True', second(day), second(laterDay)]
      .concat([`setl_${reference}`, '', 'default', 'Subscription', '', '', utr, `order_${id}`, '', 'card'])
      .join(','),
  )
  const item = { id: `setl_${reference}`, entity: 'settlement', amount: net, status: 'processed', fees: 0, tax: 0 }
  const list = JSON.stringify({
    entity: 'collection',
    count: 1,
    items: [{ ...item, utr, created_at: second(laterDay) }],
  })
  const file = (nth: number, of: number, content: string, format: string): Story['acts'][number] => ({
    atMs: eveningMs(scene, of),
    file: { name: `${rzp}-${nth}.txt`, content },
    argv: ['statements', 'import', `files/${rzp}-${nth}.txt`, '--account', rzp, '--format', format],
  })
  const line = { day: laterDay, text: `NEFT CR-RAZORPAY SOFTWARE-${utr}`, cents: net }
  return {
    config: {
      ...vendor(scene, 'publisher'),
      accounts: [
        `name: ${rzp}\ntype: razorpay\ncurrency: INR\nrules: [{ contains: Subscription, means: income }]`,
        `name: ${inr}\ntype: bank\ncurrency: INR`,
        bankOf(scene, 'payout'),
      ],
    },
    sites: counterSite(scene, 'publisher'),
    acts: [
      openings(scene),
      evidence(scene, 0, [[0, inr, 'opening-balance', OPENING_CENTS, '']], 'INR'),
      file(0, laterDay, `${ROWS}\n${rows.join('\n')}\n`, 'razorpay-csv'),
      ...(isListed ? [file(1, laterDay, list, 'razorpay-json')] : []),
      ...statements(scene, inr, [{ day: laterDay + 1, lines: [line] }]),
    ],
    wants: [
      { ...line, account: inr, currency: 'INR', outcomes: [{}, { '1000 INR': net, '1060 INR': -net }] },
      ...paid.map(
        ({ amount, fee, tax }) =>
          ({
            // Counted on the day it is settled.
            day: laterDay,
            text: 'Subscription',
            cents: amount - fee,
            account: rzp,
            currency: 'INR',
            outcomes: [{}, { '1055 INR': amount - fee, '6100 INR': fee - tax, '1450 INR': tax, '4800 INR': -amount }],
          }) as const,
      ),
    ],
    // All of it has left for the bank.
    holds: [{ account: `1055:${rzp}`, currency: 'INR', cents: 0 }],
  }
}

const PAYPAL =
  '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","Transaction ID","Reference Txn ID","Balance"'

/** A client pays in euros, and PayPal makes dollars of them at its own price. */
export function exchange(scene: Scene): Story {
  const { name, cents, reference, day } = scene
  const [whole] = cents
  const paypal = `${name}-paypal`
  const dollars = Math.round(whole * 1.07)
  const date = dayText(scene, day)
  const american = `${date.slice(5, 7)}/${date.slice(8, 10)}/${date.slice(0, 4)}`
  const row = (time: string, type: string, currency: string, amount: number, id: string, balance: number): string =>
    [american, time, 'GMT', '', type, 'Completed', currency, money(amount), '0.00', money(amount)]
      .concat([`${id}${reference}`, type === 'General Payment' ? '' : `P${reference}`, money(balance)])
      .map((cell) => `"${cell}"`)
      .join(',')
  const content = [
    PAYPAL,
    row('08:00:00', 'General Payment', 'EUR', whole, 'P', whole),
    row('09:00:00', 'General Currency Conversion', 'EUR', -whole, 'E', 0),
    row('09:00:00', 'General Currency Conversion', 'USD', dollars, 'D', OPENING_CENTS + dollars),
  ].join('\r\n')
  const argv = ['statements', 'import', `files/${paypal}.csv`, '--account', paypal]
  const settled = (currency: string, cents: number, against: string) =>
    ({
      day,
      text: '',
      cents,
      currency,
      account: paypal,
      outcomes: [{}, { [`1050 ${currency}`]: cents, [`${against} ${currency}`]: -cents }],
    }) as const
  // What the euros were worth by the book's rates, and what PayPal's price has cost.
  const worth = whole * RATE
  const taken = { '1050 USD': dollars, '1065 USD': -worth, '6200 USD': worth - dollars }
  const bought = { day, text: '', cents: dollars, account: paypal, outcomes: [{}, taken] } as const
  return {
    config: {
      ...vendor(scene, 'publisher'),
      accounts: [
        `name: ${paypal}\ntype: paypal\ncurrency: USD\ndateOrder: mdy\nrules: [{ contains: General Payment, means: income }]`,
        bankOf(scene, 'payout'),
      ],
    },
    sites: counterSite(scene, 'publisher'),
    acts: [
      openings(scene, [[0, paypal, 'opening-balance', OPENING_CENTS, '']]),
      { atMs: eveningMs(scene, day), file: { name: `${paypal}.csv`, content: `${content}\r\n` }, argv },
    ],
    wants: [settled('EUR', whole, '4800'), settled('EUR', -whole, '1065'), bought],
    holds: [
      { account: `1050:${paypal}`, currency: 'EUR', cents: 0 },
      { account: `1050:${paypal}`, cents: OPENING_CENTS + dollars },
    ],
  }
}

const WAITING =
  "select batch, item, line from quarantine where ended is null and reason like '%' and source = ? order by batch, item, line limit 1"

/** A row whose date may be March or April: a person has it read again, in vain, and then lets it be. */
export function unreadable(scene: Scene): Story {
  const { name, cents, reference, day, decidedDay } = scene
  const [, part] = cents
  const place = (row: Readonly<Record<string, unknown>>): string =>
    [row['batch'], row['item'], row['line']].map(String).join('.')
  return {
    config: { ...vendor(scene, 'publisher'), accounts: [bankOf(scene, 'payout')] },
    sites: counterSite(scene, 'publisher'),
    acts: [openings(scene), evidenceText(scene, day, [`03/04/2026,${name},payout,${money(part)},USD,${reference},`])],
    words: [
      {
        fromDay: decidedDay,
        argv: (books) => {
          const [row] = books.rows(WAITING, name)
          if (row === undefined) return null
          const again = books.rows("select 1 from quarantine where ended = 'read-again' and source = ?", name)
          return ['quarantine', again.length === 0 ? 'retry' : 'close', place(row)]
        },
      },
    ],
    // Nothing of it is in the books.
    holds: [
      { account: `1110:${name}`, cents: 0 },
      { account: `1100:${name}`, cents: OWED_CENTS },
    ],
  }
}
