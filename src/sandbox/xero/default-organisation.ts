/**
 * The organisations a Xero login of the sandbox can choose from. The codes are those of the product's default mapping;
 * next to them stand the accounts no manual journal may name: bank, receivable, payable, retained earnings, inventory,
 * archived.
 */
import { opaque } from '../targets/oauth.ts'
import { DEFAULT_CHART } from '../targets/chart.ts'
import type { AccountKind, ChartAccount } from '../targets/chart.ts'
import type { XeroAccount, XeroOrganisation, XeroTracking } from './organisation.ts'

const TYPES: Readonly<Record<AccountKind, string>> = {
  asset: 'CURRENT',
  liability: 'CURRLIAB',
  equity: 'EQUITY',
  revenue: 'REVENUE',
  'other-income': 'OTHERINCOME',
  expense: 'EXPENSE',
}

/** Clearing accounts: what the chart calls 1000 to 1070 has codes of its own in Xero. */
const CLEARING: Readonly<Record<string, string>> = {
  '1000': '812',
  '1050': '813',
  '1055': '814',
  '1060': '815',
  '1065': '819',
  '1070': '816',
}

export interface OrganisationChoice {
  readonly name: string
  readonly baseCurrency?: string
  readonly chart?: readonly ChartAccount[]
  readonly tracking?: readonly { readonly name: string; readonly options: readonly string[] }[]
}

export const DEFAULT_ORGANISATIONS: readonly OrganisationChoice[] = [
  {
    name: 'Sandbox Agency Ltd',
    tracking: [
      { name: 'Source', options: ['pub', 'ads', 'netpanel', 'grosspanel'] },
      { name: 'Region', options: ['Europe', 'Elsewhere'] },
    ],
  },
  { name: 'Sandbox Holding Ltd' },
]

export function createOrganisation(seed: number | string, choice: OrganisationChoice): XeroOrganisation {
  const { name, baseCurrency = 'USD', chart = DEFAULT_CHART, tracking = [] } = choice
  const id = (...labels: readonly string[]): string => guid('xero', seed, name, ...labels)
  return {
    tenantId: id('tenant'),
    name,
    baseCurrency,
    accounts: [...chartAccounts(chart, id), ...traps(id)],
    taxRates: [
      { name: 'Tax Exempt', type: 'NONE', isActive: true },
      { name: 'Tax on Sales', type: 'OUTPUT', isActive: true },
      { name: 'Tax on Purchases', type: 'INPUT', isActive: true },
      { name: 'Old rate', type: 'TAX001', isActive: false },
    ],
    tracking: tracking.map((category) => trackingOf(category, id)),
    settings: {
      periodLockDate: null,
      endOfYearLockDate: null,
      isOffline: false,
      perMinute: 60,
      perDay: 5000,
      concurrent: 5,
    },
    journals: new Map(),
    late: [],
    minted: 0,
  }
}

/** The form of Xero's ids. */
export function guid(...labels: readonly (string | number)[]): string {
  const hex = opaque(32, ...labels)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

function chartAccounts(chart: readonly ChartAccount[], id: (label: string) => string): readonly XeroAccount[] {
  return chart.map(({ code, name, kind }) => ({
    id: id(`account ${code}`),
    code: CLEARING[code] ?? code,
    name,
    type: TYPES[kind],
    systemAccount: null,
    isActive: true,
    taxType: 'NONE',
  }))
}

function traps(id: (label: string) => string): readonly XeroAccount[] {
  const rows = [
    ['090', 'Business Bank Account', 'BANK', null, true],
    [null, 'PayPal', 'BANK', null, true],
    ['610', 'Accounts Receivable', 'CURRENT', 'DEBTORS', true],
    ['800', 'Accounts Payable', 'CURRLIAB', 'CREDITORS', true],
    ['820', 'Sales Tax', 'CURRLIAB', 'GST', true],
    ['960', 'Retained Earnings', 'EQUITY', 'RETAINEDEARNINGS', true],
    ['630', 'Stock', 'INVENTORY', null, true],
    ['499', 'Old advertising', 'EXPENSE', null, false],
  ] as const
  return rows.map(([code, name, type, systemAccount, isActive]) => ({
    id: id(`account ${name}`),
    code,
    name,
    type,
    systemAccount,
    isActive,
    taxType: 'NONE',
  }))
}

function trackingOf(
  { name, options }: { readonly name: string; readonly options: readonly string[] },
  id: (...labels: readonly string[]) => string,
): XeroTracking {
  return {
    id: id('tracking', name),
    name,
    isActive: true,
    options: options.map((option) => ({ id: id('option', name, option), name: option, isActive: true })),
  }
}
