/**
 * What a manual journal must be to be saved. Xero says everything that is wrong at once, so the answer is a list of
 * sentences; the known ones are Xero's own.
 */
import { abs, formatDecimals, minorUnitDecimals, unitsPerMinor, type Units } from '../../domain/money/money.ts'
import type { XeroAccount, XeroDraft, XeroLine, XeroOrganisation, XeroStatus } from './organisation.ts'
import type { AskedJournal, AskedLine } from './read-journal.ts'

const LINE_AMOUNT_TYPES = ['Exclusive', 'Inclusive', 'NoTax'] as const
const MAX_TRACKING = 2
const MAX_DESCRIPTION = 4000

export type Judged =
  { readonly ok: true; readonly draft: XeroDraft } | { readonly ok: false; readonly messages: readonly string[] }

/** A journal as it would be created now, or everything that is wrong with it. */
export function judge(organisation: XeroOrganisation, asked: AskedJournal, today: string): Judged {
  const lines = (asked.lines ?? []).map((line) => judgeLine(organisation, line))
  const status = asked.status ?? 'DRAFT'
  const lineAmountTypes = LINE_AMOUNT_TYPES.find((type) => type === (asked.lineAmountTypes ?? 'NoTax'))
  const date = asked.date ?? today
  const messages = [
    ...((asked.narration ?? '').trim() === '' ? ['Narration is required'] : []),
    ...(lines.length < 2 ? ['A manual journal must have at least two lines'] : []),
    ...(isStatus(status) ? [] : [`The status '${status}' cannot be applied`]),
    ...(lineAmountTypes === undefined ? [`LineAmountTypes '${asked.lineAmountTypes}' is not valid`] : []),
    ...lines.flatMap((line) => (line.ok ? [] : line.messages)),
    ...balanceProblem(organisation, asked.lines ?? []),
    ...lockProblems(organisation, date),
  ]
  if (messages.length > 0 || !isStatus(status) || lineAmountTypes === undefined) return { ok: false, messages }
  return {
    ok: true,
    draft: {
      narration: asked.narration ?? '',
      date,
      status,
      lineAmountTypes,
      showOnCashBasis: asked.showOnCashBasis,
      url: asked.url,
      lines: lines.flatMap((line) => (line.ok ? [line.line] : [])),
    },
  }
}

export function lockProblems({ settings }: XeroOrganisation, date: string): readonly string[] {
  const { periodLockDate, endOfYearLockDate } = settings
  if (endOfYearLockDate !== null && date <= endOfYearLockDate) {
    return [
      `The document date cannot be before the end of year lock date, currently set at ${longDate(endOfYearLockDate)}`,
    ]
  }
  if (periodLockDate !== null && date <= periodLockDate) {
    return [`The document date cannot be before the period lock date, currently set at ${longDate(periodLockDate)}`]
  }
  return []
}

type JudgedLine =
  { readonly ok: true; readonly line: XeroLine } | { readonly ok: false; readonly messages: readonly string[] }

function judgeLine(organisation: XeroOrganisation, line: AskedLine): JudgedLine {
  const account = organisation.accounts.find(({ id, code }) =>
    line.accountCode === null ? id === line.accountId : code === line.accountCode,
  )
  const name = line.accountCode ?? line.accountId ?? ''
  const taxType = line.taxType ?? account?.taxType ?? 'NONE'
  const tracking = line.tracking.map(({ name, option }) => trackingOf(organisation, name, option))
  const messages = [
    ...accountProblem(account, name),
    ...(organisation.taxRates.some(({ type, isActive }) => isActive && type === taxType)
      ? []
      : [`The TaxType code '${taxType}' cannot be used with account code '${name}'.`]),
    ...(line.decimals > minorUnitDecimals(organisation.baseCurrency) && line.amount % cent(organisation) !== 0n
      ? ['LineAmount has more decimals than the base currency']
      : []),
    ...((line.description ?? '').length > MAX_DESCRIPTION
      ? [`The description exceeds ${MAX_DESCRIPTION} characters`]
      : []),
    ...(tracking.length > MAX_TRACKING ? [`A line can have at most ${MAX_TRACKING} tracking categories`] : []),
    ...(new Set(line.tracking.map(({ name }) => name)).size < line.tracking.length
      ? ['A tracking category can be used once on a line']
      : []),
    ...tracking.flatMap((found) => (typeof found === 'string' ? [found] : [])),
  ]
  if (messages.length > 0 || account === undefined) return { ok: false, messages }
  const used = tracking.filter((found) => typeof found !== 'string')
  const { amount, description } = line
  return { ok: true, line: { amount, accountId: account.id, description, taxType, tracking: used } }
}

function accountProblem(account: XeroAccount | undefined, name: string): readonly string[] {
  if (name === '') return ['Account code or ID must be specified']
  if (account === undefined) return [`Account code '${name}' is not a valid code for this document.`]
  if (!account.isActive) return [`Account code '${name}' has been archived, or deleted.`]
  return refusesJournals(account) ? [`Account code '${name}' is not a valid code for this document.`] : []
}

/** Bank, inventory and the accounts Xero keeps itself. */
export function refusesJournals({ type, systemAccount }: XeroAccount): boolean {
  return type === 'BANK' || type === 'INVENTORY' || systemAccount !== null
}

function trackingOf(
  { tracking }: XeroOrganisation,
  name: string,
  option: string,
): XeroLine['tracking'][number] | string {
  const category = tracking.find((each) => each.isActive && (each.name === name || each.id === name))
  if (category === undefined) return `The tracking category '${name}' does not exist`
  const found = category.options.find((each) => each.isActive && (each.name === option || each.id === option))
  return found === undefined
    ? `The tracking option '${option}' does not exist in '${category.name}'`
    : { categoryId: category.id, optionId: found.id }
}

function balanceProblem({ baseCurrency }: XeroOrganisation, lines: readonly AskedLine[]): readonly string[] {
  const sum = (sign: 1n | -1n): Units =>
    lines.reduce((total, { amount }) => (amount * sign > 0n ? total + amount : total), 0n)
  const [debits, credits] = [sum(1n), sum(-1n)]
  if (debits + credits === 0n) return []
  const shown = (units: Units): string => formatDecimals(rounded(units, baseCurrency), minorUnitDecimals(baseCurrency))
  return [`The total debits (${shown(debits)}) must equal total credits (${shown(credits)})`]
}

function rounded(units: Units, currency: string): Units {
  const minor = unitsPerMinor(currency)
  const magnitude = ((abs(units) + minor / 2n) / minor) * minor
  return units < 0n ? -magnitude : magnitude
}

function cent({ baseCurrency }: XeroOrganisation): Units {
  return unitsPerMinor(baseCurrency)
}

/** What a journal can be created as. */
function isStatus(text: string): text is Extract<XeroStatus, 'DRAFT' | 'POSTED'> {
  return text === 'DRAFT' || text === 'POSTED'
}

function longDate(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-')
  const months = 'January February March April May June July August September October November December'.split(' ')
  return `${Number(day)} ${months[Number(month) - 1]} ${year}`
}
