/** What Xero says about an organisation: its currency and lock dates, and which accounts, rates and options there are. */
import type { IsoDate } from '../../domain/transaction.ts'
import type { Company, CompanyAccount, CompanyDimension } from '../company.ts'
import { readDate } from './dates.ts'
import { accountsSchema, organisationsSchema, taxRatesSchema, trackingSchema, type XeroAccountRow } from './schema.ts'
import { parsed } from './troubles.ts'

/** What decides about every journal: asked before each delivery. */
export interface Organisation {
  /** Empty when Xero does not say. */
  readonly id: string
  readonly name: string
  readonly currency: string
  readonly closedThrough: IsoDate | null
}

export interface CompanyAnswers {
  readonly organisation: string
  readonly accounts: string
  readonly taxRates: string
  readonly tracking: string
}

/** Null when the answer has another shape, or a lock date that cannot be read: then nobody knows what is closed. */
export function readOrganisation(body: string): Organisation | null {
  const answer = organisationsSchema.safeParse(parsed(body))
  const row = answer.success ? answer.data.Organisations[0] : undefined
  if (row === undefined) return null
  const locks: IsoDate[] = []
  for (const text of [row.PeriodLockDate, row.EndOfYearLockDate]) {
    if (text === null || text === undefined || text === '') continue
    const lock = readDate(text)
    if (lock === null) return null
    locks.push(lock)
  }
  const closedThrough = locks.toSorted().at(-1) ?? null
  return { id: row.OrganisationID ?? '', name: row.Name, currency: row.BaseCurrency, closedThrough }
}

/** Which answer could not be read, or the company. `tenant` is '' for a custom connection. */
export function readCompany(answers: CompanyAnswers, tenant: string): Company | keyof CompanyAnswers {
  const organisation = readOrganisation(answers.organisation)
  if (organisation === null) return 'organisation'
  const accounts = accountsSchema.safeParse(parsed(answers.accounts))
  if (!accounts.success) return 'accounts'
  const taxRates = taxRatesSchema.safeParse(parsed(answers.taxRates))
  if (!taxRates.success) return 'taxRates'
  const tracking = trackingSchema.safeParse(parsed(answers.tracking))
  if (!tracking.success) return 'tracking'
  return {
    id: tenant === '' ? organisation.id : tenant,
    name: organisation.name,
    currency: organisation.currency,
    // Manual journals are in the base currency, whatever else the organisation uses.
    multiCurrency: false,
    closedThrough: organisation.closedThrough,
    accounts: accounts.data.Accounts.map(accountOf),
    taxRates: taxRates.data.TaxRates.map((rate) => ({
      type: rate.TaxType,
      name: rate.Name,
      isActive: isActive(rate.Status),
    })),
    dimensions: tracking.data.TrackingCategories.filter(({ Status }) => isActive(Status)).map(
      ({ Name, Options }): CompanyDimension => ({
        name: Name,
        values: (Options ?? []).map((option) => ({
          id: option.Name,
          name: option.Name,
          isActive: isActive(option.Status),
        })),
      }),
    ),
    entities: [],
    raw: [answers.organisation, answers.accounts, answers.taxRates, answers.tracking],
  }
}

function accountOf(row: XeroAccountRow): CompanyAccount {
  const code = row.Code ?? ''
  return {
    // Journal lines name the code. Without one the account cannot be named, which `refusal` says.
    id: code === '' ? row.AccountID : code,
    name: row.Name,
    code,
    type: row.Type,
    currency: row.CurrencyCode ?? null,
    isActive: isActive(row.Status),
    refusal: refusalOf(row),
    needs: null,
  }
}

const CLEARING = 'use a clearing account of type CURRENT or CURRLIAB instead'

const REFUSED_TYPES: Readonly<Record<string, string>> = {
  BANK: `Xero takes no manual journal on a bank account; ${CLEARING}, which the bank line is matched to.`,
  INVENTORY: 'Xero takes no manual journal on a tracked inventory account; use another asset account.',
}

const NO_CODE = 'It has no code, and a journal line names its account by code; give it one in Xero.'
const KEPT_BY_XERO = 'Xero keeps this account itself; use one of your own.'

const REFUSED_SYSTEM_ACCOUNTS: Readonly<Record<string, string>> = {
  DEBTORS: `Xero takes no manual journal on accounts receivable; ${CLEARING}.`,
  CREDITORS: `Xero takes no manual journal on accounts payable; ${CLEARING}.`,
  RETAINEDEARNINGS: 'Xero takes no manual journal on retained earnings; use an equity account of your own.',
  BANKCURRENCYGAIN: KEPT_BY_XERO,
  REALISEDCURRENCYGAIN: KEPT_BY_XERO,
  UNREALISEDCURRENCYGAIN: KEPT_BY_XERO,
  TRACKINGTRANSFERS: KEPT_BY_XERO,
}

function refusalOf({ Code, Type, Status, SystemAccount }: XeroAccountRow): string | null {
  if (!isActive(Status)) return 'It is archived in Xero; restore it there or choose another.'
  const refusal = REFUSED_TYPES[Type] ?? REFUSED_SYSTEM_ACCOUNTS[SystemAccount ?? '']
  if (refusal !== undefined) return refusal
  return (Code ?? '') === '' ? NO_CODE : null
}

function isActive(status: string | null | undefined): boolean {
  return status === undefined || status === null || status === 'ACTIVE'
}
