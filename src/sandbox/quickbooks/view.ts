/** What the API shows of a company: entries, lists, preferences. Amounts leave as exact JSON numbers. */
import { divideHalfEven, parseMoney, type Units } from '../../domain/money/money.ts'
import type {
  ListItem,
  QuickbooksAccount,
  QuickbooksCompany,
  QuickbooksEntry,
  QuickbooksLine,
  QuickbooksName,
} from './company.ts'

type View = Readonly<Record<string, unknown>>

const UNIT = 100_000_000n

export function entryView(company: QuickbooksCompany, entry: QuickbooksEntry): View {
  const { id, document, date, memo, currency, exchangeRate, adjustment } = entry
  const rate = parseMoney(exchangeRate)
  return {
    Adjustment: adjustment,
    TotalAmt: 0,
    domain: 'QBO',
    sparse: false,
    Id: id,
    SyncToken: String(entry.syncToken),
    MetaData: { CreateTime: instant(entry.createdMs), LastUpdatedTime: instant(entry.updatedMs) },
    DocNumber: document ?? undefined,
    TxnDate: date,
    ...(company.multiCurrency
      ? { CurrencyRef: { value: currency, name: currency }, ExchangeRate: rate.ok ? rate.units : UNIT, HomeTotalAmt: 0 }
      : {}),
    Line: entry.lines.map((line) => lineView(company, line)),
    TxnTaxDetail: {},
    PrivateNote: memo ?? undefined,
  }
}

/** In CDC a deleted entry is hardly more than its id. */
export function deletedView({ id, updatedMs }: QuickbooksEntry): View {
  return { status: 'Deleted', domain: 'QBO', Id: id, MetaData: { LastUpdatedTime: instant(updatedMs) } }
}

function lineView(company: QuickbooksCompany, line: QuickbooksLine): View {
  const { entity } = line
  const names = entity?.type === 'Customer' ? company.customers : company.vendors
  const byFullName = company.accounts.map(({ id, fullName }) => ({ id, name: fullName }))
  return {
    Id: line.id,
    Description: line.description ?? undefined,
    Amount: line.amount,
    DetailType: 'JournalEntryLineDetail',
    JournalEntryLineDetail: {
      PostingType: line.posting,
      ...(entity === null ? {} : { Entity: { Type: entity.type, EntityRef: reference(names, entity.id) } }),
      AccountRef: reference(byFullName, line.accountId),
      ...(line.classId === null ? {} : { ClassRef: reference(company.classes, line.classId) }),
      ...(line.departmentId === null ? {} : { DepartmentRef: reference(company.departments, line.departmentId) }),
    },
  }
}

function reference(list: readonly { readonly id: string; readonly name: string }[], id: string): View {
  return { value: id, name: list.find((item) => item.id === id)?.name }
}

export function accountView(company: QuickbooksCompany, account: QuickbooksAccount): View {
  const { id, name, fullName, type, subType, number, parentId, active } = account
  return {
    Name: name,
    SubAccount: parentId !== null,
    ...(parentId === null ? {} : { ParentRef: { value: parentId } }),
    FullyQualifiedName: fullName,
    Active: active,
    Classification: classificationOf(type),
    AccountType: type,
    AccountSubType: subType,
    ...(number === '' ? {} : { AcctNum: number }),
    CurrentBalance: homeBalance(company, id),
    CurrencyRef: { value: account.currency ?? company.homeCurrency },
    domain: 'QBO',
    sparse: false,
    Id: id,
    SyncToken: '0',
  }
}

export function nameView({ id, name, active, currency }: QuickbooksName): View {
  return {
    Id: id,
    DisplayName: name,
    FullyQualifiedName: name,
    Active: active,
    CurrencyRef: { value: currency },
    domain: 'QBO',
    SyncToken: '0',
  }
}

export function listView({ id, name, active }: ListItem): View {
  return {
    Id: id,
    Name: name,
    FullyQualifiedName: name,
    Active: active,
    SubClass: false,
    domain: 'QBO',
    SyncToken: '0',
  }
}

export function companyInfoView({ name, country }: QuickbooksCompany): View {
  return {
    CompanyName: name,
    LegalName: name,
    Country: country,
    FiscalYearStartMonth: 'January',
    domain: 'QBO',
    Id: '1',
    SyncToken: '4',
  }
}

export function preferencesView(company: QuickbooksCompany): View {
  const { preferences, homeCurrency, multiCurrency } = company
  return {
    AccountingInfoPrefs: {
      FirstMonthOfFiscalYear: 'January',
      UseAccountNumbers: true,
      ClassTrackingPerTxn: false,
      ClassTrackingPerTxnLine: preferences.trackClasses,
      TrackDepartments: preferences.trackDepartments,
      CustomerTerminology: 'Customers',
      ...(preferences.bookCloseDate === null ? {} : { BookCloseDate: preferences.bookCloseDate }),
    },
    CurrencyPrefs: { MultiCurrencyEnabled: multiCurrency, HomeCurrency: { value: homeCurrency } },
    OtherPrefs: {
      NameValue: [{ Name: 'WarnDuplicateJournalNumber', Value: String(preferences.warnDuplicateJournalNumber) }],
    },
    domain: 'QBO',
    sparse: false,
    Id: '1',
    SyncToken: '0',
  }
}

export function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** Debits less credits in the home currency, rounded line by line as the service shows them. */
function homeBalance({ entries }: QuickbooksCompany, accountId: string): Units {
  let balance = 0n
  for (const entry of entries.values()) {
    if (entry.isDeleted) continue
    const rate = parseMoney(entry.exchangeRate)
    const factor = rate.ok ? rate.units : UNIT
    for (const line of entry.lines) {
      if (line.accountId !== accountId) continue
      const home = divideHalfEven(line.amount * factor, UNIT * 1_000_000n) * 1_000_000n
      balance += line.posting === 'Debit' ? home : -home
    }
  }
  return balance
}

function classificationOf(type: string): string {
  if (/Liability|Payable/.test(type)) return 'Liability'
  if (/Asset|Bank|Receivable/.test(type)) return 'Asset'
  if (type === 'Equity') return 'Equity'
  return type.includes('Income') ? 'Revenue' : 'Expense'
}
