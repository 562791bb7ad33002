/** A page made by hand: every section filled, and hostile texts wherever a vendor or a person may have written them. */
import type { NightPage } from '../../src/pipeline/report/page.ts'
import type { Units } from '../../src/domain/money/money.ts'

const HOSTILE = '<script>alert("x")</script>'
const AT_MS = Date.UTC(2026, 2, 19, 0, 4)

export function madePage(): NightPage {
  const rows = { in: 412n, posted: 38n, unchanged: 371n, quarantined: 3n, excepted: 0n }
  return {
    book: 'agency',
    currency: 'USD',
    timeZone: 'UTC',
    night: '2026-03-18',
    run: 44,
    runSource: null,
    finishedAtMs: AT_MS,
    knownAtMs: AT_MS,
    asOf: null,
    basis: { settings: { batch: 1, item: 1 }, landedAtMs: AT_MS, policy: 'then' },
    colour: 'red',
    reasons: [
      { colour: 'red', row: 'account-differs', what: '1310:netpanel differs from the vendor by -3.20 USD' },
      { colour: 'amber', row: 'exceptions-open', what: '1 exception is open' },
    ],
    controls: [
      {
        account: '1310:netpanel',
        name: 'Prepaid - SMM panel wallet',
        currency: 'USD',
        opening: units('100.84292000'),
        in: units('210.00000000'),
        out: units('57.13480000'),
        adjusted: units('4.20119000'),
        adjustments: [{ kind: 'refund', count: 5, amount: units('4.20119000') }],
        closing: units('257.90931000'),
        vendor: units('254.70931000'),
        difference: units('-3.20000000'),
        unbooked: null,
        held: null,
        proof: 'balance',
        isNew: false,
      },
      {
        account: '1901',
        name: 'Suspense - SMM wallet unreconciled',
        currency: 'USD',
        opening: 0n,
        in: 0n,
        out: 0n,
        adjusted: units('3.20000000'),
        adjustments: [{ kind: 'suspense-less', count: 1, amount: units('3.20000000') }],
        closing: units('3.20000000'),
        vendor: null,
        difference: null,
        unbooked: null,
        held: null,
        proof: 'none',
        isNew: true,
      },
    ],
    completeness: {
      steps: [
        { step: 'poll:netpanel', file: null, runs: [43, 44], finished: true, totals: { rows, money: {} }, foots: true },
        {
          step: 'import:687220653f7a516c:netpanel',
          file: 'orders-2026-03-18.csv',
          runs: [44],
          finished: true,
          totals: { rows: { ...rows, unchanged: 374n, quarantined: 0n }, money: {} },
          foots: true,
        },
      ],
      interrupted: [{ run: 41, kind: 'import' }],
      sources: [
        {
          name: 'netpanel',
          kind: 'panel',
          account: '1310:netpanel',
          lastReadMs: AT_MS,
          reading: { batch: 8, item: 2 },
          fresh: true,
        },
      ],
      batches: 4,
      transactions: 38,
      quarantined: 3,
    },
    differences: [
      {
        id: 'E-901',
        source: 'netpanel',
        code: 'WALLET_DIFFERS',
        object: 'wallet',
        amount: units('-3.20000000'),
        currency: 'USD',
        firstSeenMs: AT_MS,
        ageDays: 0,
        owner: 'controller',
        severity: 'escalate',
        dueOn: '2026-03-20',
        isOverdue: false,
        isNew: true,
        detail: `${HOSTILE} & "quoted"`,
        nextStep: 'Look for an order placed on the site.',
        evidence: { batch: 9, item: 1 },
      },
    ],
    aging: [],
    flow: { opened: 1, closed: 4, reopened: 0 },
    journals: {
      sealed: [
        {
          document: 'AGENCY-20260318-1',
          day: '2026-03-18',
          currency: 'USD',
          amount: units('65.48000000'),
          approvedBy: HOSTILE,
          delivered: [{ target: 'xero', state: 'verified' }],
        },
      ],
      waiting: [
        { day: '2026-03-17', currency: 'USD', amount: units('9.60000000'), isOver: true, isRipening: false },
        { day: '2026-03-19', currency: 'USD', amount: units('0.21792000'), isOver: false, isRipening: false },
      ],
      carried: [],
    },
    forecast: {
      wallets: [
        {
          source: 'netpanel',
          account: '1310:netpanel',
          currency: 'USD',
          balance: units('257.90931000'),
          pace: { total: units('799.88720000'), days: 14 },
          runwayTenths: 45,
        },
      ],
      payouts: [
        {
          source: 'pub',
          account: '1100:pub',
          currency: 'USD',
          minimum: units('50.00000000'),
          pace: { total: units('58.10000000'), days: 14 },
          threshold: { kind: 'reached', unpaid: units('198.52000000') },
        },
      ],
      expected: {
        lines: [
          {
            item: 7,
            kind: 'payout',
            source: 'pub',
            object: 'payout:due-2026-03-16',
            currency: 'USD',
            amount: units('147.00000000'),
            dueOn: '2026-03-20',
            isOverdue: false,
          },
        ],
        count: 1,
        overdue: 0,
      },
    },
    quality: {
      currencies: [
        {
          currency: 'USD',
          lines: 145,
          steps: [
            { step: 'exact', count: 140 },
            { step: 'rule', count: 4 },
          ],
          unmatched: { count: 1, in: units('4.20000000'), out: 0n },
          rateTenths: 993,
        },
      ],
      proposed: 1,
      reversals: 0,
    },
    log: [
      {
        atMs: AT_MS,
        by: '=HYPERLINK(A1)',
        what: 'approved journal AGENCY-20260318-1',
        why: '',
        trace: 'AGENCY-20260318-1',
      },
    ],
    chain: { sequence: 7443, hash: '48cf62af8f347406e542ffa94807b981131c8c12b6227f2ea38e8106238e8c68' },
    heads: '7443:48cf62af8f347406 865.1:9f8e7d6c5b4a3f2e',
    now: null,
  }
}

/** Eight decimals. */
function units(text: string): Units {
  return BigInt(text.replace('.', ''))
}
