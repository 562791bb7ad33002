/**
 * The companies a QuickBooks login of the sandbox can choose from: an agency with several currencies, classes and
 * locations, and a plain one. Both hold accounts to trip over: receivable, payable, inactive, and of another currency.
 */
import { DEFAULT_CHART } from '../targets/chart.ts'
import type { AccountKind, ChartAccount } from '../targets/chart.ts'
import type { ListItem, QuickbooksAccount, QuickbooksCompany, QuickbooksName } from './company.ts'

const TYPES: Readonly<Record<AccountKind, readonly [string, string]>> = {
  asset: ['Other Current Asset', 'OtherCurrentAssets'],
  liability: ['Other Current Liability', 'OtherCurrentLiabilities'],
  equity: ['Equity', 'OpeningBalanceEquity'],
  revenue: ['Income', 'ServiceFeeIncome'],
  'other-income': ['Other Income', 'OtherMiscellaneousIncome'],
  expense: ['Expense', 'OtherMiscellaneousServiceCost'],
}

const FIRST_ACCOUNT_ID = 35

/** Names QuickBooks shows as "Parent:Sub" make a parent and a sub-account. */
function chartAccounts(chart: readonly ChartAccount[]): readonly QuickbooksAccount[] {
  return chart.map(({ code, name, kind }, index) => {
    const [type, subType] = code === '1000' || code === '1050' ? ['Bank', 'Checking'] : TYPES[kind]
    return account(String(FIRST_ACCOUNT_ID + index), name, type, subType, { number: code })
  })
}

function account(
  id: string,
  name: string,
  type: string,
  subType: string,
  more: Partial<QuickbooksAccount> = {},
): QuickbooksAccount {
  return { id, name, fullName: name, type, subType, number: '', parentId: null, currency: null, active: true, ...more }
}

function traps(firstId: number, homeCurrency: string, multiCurrency: boolean): readonly QuickbooksAccount[] {
  const id = (offset: number): string => String(firstId + offset)
  const home: readonly QuickbooksAccount[] = [
    account(id(0), 'Accounts Receivable (A/R)', 'Accounts Receivable', 'AccountsReceivable', {
      currency: homeCurrency,
    }),
    account(id(1), 'Accounts Payable (A/P)', 'Accounts Payable', 'AccountsPayable', { currency: homeCurrency }),
    account(id(2), 'Old advertising', 'Expense', 'AdvertisingPromotional', { active: false }),
    account(id(3), 'Retained Earnings', 'Equity', 'RetainedEarnings'),
    account(id(4), 'Advertising', 'Expense', 'AdvertisingPromotional'),
    account(id(5), 'Social media', 'Expense', 'AdvertisingPromotional', {
      fullName: 'Advertising:Social media',
      parentId: id(4),
    }),
  ]
  if (!multiCurrency) return home
  return [
    ...home,
    account(id(6), 'Bank - EUR', 'Bank', 'Checking', { currency: 'EUR' }),
    account(id(7), 'Accounts Receivable (A/R) - EUR', 'Accounts Receivable', 'AccountsReceivable', { currency: 'EUR' }),
  ]
}

export interface CompanyChoice {
  readonly realmId: string
  readonly name: string
  readonly homeCurrency?: string
  readonly multiCurrency?: boolean
  readonly chart?: readonly ChartAccount[]
  readonly customers?: readonly QuickbooksName[]
  readonly vendors?: readonly QuickbooksName[]
  readonly classes?: readonly ListItem[]
  readonly departments?: readonly ListItem[]
}

const AGENCY: CompanyChoice = {
  realmId: '9341450000000001',
  name: 'Sandbox Agency LLC',
  multiCurrency: true,
  customers: [
    { id: '1', name: 'Payelancer', active: true, currency: 'USD' },
    { id: '2', name: 'Kunde GmbH', active: true, currency: 'EUR' },
    { id: '3', name: 'Former client', active: false, currency: 'USD' },
  ],
  vendors: [{ id: '21', name: 'SMM panel', active: true, currency: 'USD' }],
  classes: [
    { id: '5000000000000000001', name: 'Publisher', active: true },
    { id: '5000000000000000002', name: 'Advertiser', active: true },
    { id: '5000000000000000003', name: 'Panels', active: true },
    { id: '5000000000000000004', name: 'Retired', active: false },
  ],
  departments: [
    { id: '1', name: 'Head office', active: true },
    { id: '2', name: 'Remote', active: true },
  ],
}

export const DEFAULT_COMPANIES: readonly CompanyChoice[] = [
  AGENCY,
  { realmId: '9341450000000002', name: 'Sandbox Holding Inc', multiCurrency: false },
]

export function createCompany(choice: CompanyChoice): QuickbooksCompany {
  const { realmId, name, homeCurrency = 'USD', multiCurrency = false, chart = DEFAULT_CHART } = choice
  return {
    realmId,
    name,
    country: 'US',
    homeCurrency,
    multiCurrency,
    accounts: [...chartAccounts(chart), ...traps(FIRST_ACCOUNT_ID + chart.length, homeCurrency, multiCurrency)],
    customers: choice.customers ?? [],
    vendors: choice.vendors ?? [],
    classes: choice.classes ?? [],
    departments: choice.departments ?? [],
    preferences: {
      bookCloseDate: null,
      warnDuplicateJournalNumber: false,
      trackClasses: (choice.classes ?? []).length > 0,
      trackDepartments: (choice.departments ?? []).length > 0,
      replaysRefusals: true,
      lowerCase401: true,
      perMinute: 500,
      perSecond: 10,
    },
    entries: new Map(),
    requests: new Map(),
    late: [],
    lastId: 200,
  }
}
