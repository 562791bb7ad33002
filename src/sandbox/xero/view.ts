/** What Xero's API shows: journals with `/Date()/` dates, accounts, tax rates, tracking and the organisation. */
import type { XeroAccount, XeroJournal, XeroLine, XeroOrganisation, XeroTracking } from './organisation.ts'

type View = Readonly<Record<string, unknown>>

export function journalView(organisation: XeroOrganisation, journal: XeroJournal, withLines: boolean): View {
  return {
    Date: ticks(Date.parse(`${journal.date}T00:00:00Z`)),
    Status: journal.status,
    LineAmountTypes: journal.lineAmountTypes,
    UpdatedDateUTC: ticks(journal.updatedMs),
    ManualJournalID: journal.id,
    Narration: journal.narration,
    ...(withLines ? { JournalLines: journal.lines.map((line) => lineView(organisation, line)) } : {}),
    Url: journal.url ?? undefined,
    ShowOnCashBasisReports: journal.showOnCashBasis,
    HasAttachments: false,
  }
}

function lineView(organisation: XeroOrganisation, line: XeroLine): View {
  const account = organisation.accounts.find(({ id }) => id === line.accountId)
  return {
    Description: line.description ?? undefined,
    TaxType: line.taxType,
    TaxAmount: 0n,
    LineAmount: line.amount,
    AccountCode: account?.code ?? undefined,
    AccountID: line.accountId,
    Tracking: line.tracking.map(({ categoryId, optionId }) => {
      const category = organisation.tracking.find(({ id }) => id === categoryId)
      const option = category?.options.find(({ id }) => id === optionId)
      return { Name: category?.name, Option: option?.name, TrackingCategoryID: categoryId, TrackingOptionID: optionId }
    }),
    IsBlank: false,
  }
}

export function accountView({ id, code, name, type, systemAccount, isActive, taxType }: XeroAccount): View {
  return {
    AccountID: id,
    Code: code ?? undefined,
    Name: name,
    Status: isActive ? 'ACTIVE' : 'ARCHIVED',
    Type: type,
    TaxType: taxType,
    Class: classOf(type),
    SystemAccount: systemAccount ?? undefined,
    EnablePaymentsToAccount: false,
    ShowInExpenseClaims: false,
    ...(type === 'BANK' ? { BankAccountType: 'BANK', BankAccountNumber: '00000000', CurrencyCode: 'USD' } : {}),
    ReportingCode: '',
    HasAttachments: false,
    UpdatedDateUTC: ticks(0),
  }
}

export function trackingView({ id, name, isActive, options }: XeroTracking): View {
  return {
    Name: name,
    Status: isActive ? 'ACTIVE' : 'ARCHIVED',
    TrackingCategoryID: id,
    Options: options.map((option) => ({
      TrackingOptionID: option.id,
      Name: option.name,
      Status: option.isActive ? 'ACTIVE' : 'ARCHIVED',
      HasValidationErrors: false,
      IsDeleted: false,
      IsArchived: !option.isActive,
      IsActive: option.isActive,
    })),
  }
}

export function taxRateView({ name, type, isActive }: XeroOrganisation['taxRates'][number]): View {
  return {
    Name: name,
    TaxType: type,
    Status: isActive ? 'ACTIVE' : 'ARCHIVED',
    DisplayTaxRate: 0,
    EffectiveRate: 0,
    TaxComponents: [],
  }
}

export function organisationView({ tenantId, name, baseCurrency, settings }: XeroOrganisation): View {
  const lock = (date: string | null): string | undefined =>
    date === null ? undefined : ticks(Date.parse(`${date}T00:00:00Z`))
  return {
    Name: name,
    LegalName: name,
    PaysTax: true,
    Version: 'US',
    OrganisationType: 'COMPANY',
    BaseCurrency: baseCurrency,
    CountryCode: 'US',
    IsDemoCompany: true,
    OrganisationStatus: 'ACTIVE',
    PeriodLockDate: lock(settings.periodLockDate),
    EndOfYearLockDate: lock(settings.endOfYearLockDate),
    Timezone: 'UTC',
    OrganisationID: tenantId,
    Edition: 'BUSINESS',
    Class: 'STANDARD',
  }
}

export function ticks(ms: number): string {
  return `/Date(${ms}+0000)/`
}

function classOf(type: string): string {
  if (type === 'EQUITY') return 'EQUITY'
  if (type === 'REVENUE' || type === 'OTHERINCOME') return 'REVENUE'
  if (type === 'EXPENSE') return 'EXPENSE'
  return type === 'CURRLIAB' ? 'LIABILITY' : 'ASSET'
}
