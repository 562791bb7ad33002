/**
 * The business rules a journal entry must pass: references that exist and are active, names on receivables and payables,
 * one currency, debits equal to credits, an open period, and the number where the company watches it.
 */
import type {
  ListItem,
  QuickbooksAccount,
  QuickbooksCompany,
  QuickbooksDraft,
  QuickbooksLine,
  QuickbooksName,
} from './company.ts'
import { fault, type QuickbooksFault } from './fault-body.ts'

const INACTIVE =
  "Object Not Found : Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees."
const CLOSED =
  'The account period has closed and the account books cannot be updated through the QBO Services API. Please check the account closing date.'

/** Null when the entry may be saved. `id` is its own id when it is an update. */
export function problemOf(
  company: QuickbooksCompany,
  draft: QuickbooksDraft,
  id: string | null,
  allowsDuplicate: boolean,
): QuickbooksFault | null {
  const { lines } = draft
  if (lines.length === 0) return fault('2020', 'Required parameter Line is missing in the request', 'Line')
  const byLine = lines.map((line) => lineProblem(company, draft, line)).find((problem) => problem !== null)
  if (byLine !== undefined) return byLine
  const byCurrency = currencyProblem(company, draft)
  if (byCurrency !== null) return byCurrency
  const owed = lines.filter(({ accountId }) => isReceivableOrPayable(accountOf(company, accountId)))
  if (new Set(owed.map(({ accountId }) => accountId)).size > 1 || owed.length > 1) {
    return business('You cannot use more than one A/R or A/P account in a transaction.')
  }
  if (total(lines, 'Debit') !== total(lines, 'Credit')) {
    return business('The transaction is not in balance. The total of debits must equal the total of credits.')
  }
  if (isClosed(company, draft.date)) return fault('6210', CLOSED)
  return allowsDuplicate ? null : duplicateProblem(company, draft, id)
}

export function isClosed({ preferences }: QuickbooksCompany, date: string): boolean {
  return preferences.bookCloseDate !== null && date <= preferences.bookCloseDate
}

export function closedFault(): QuickbooksFault {
  return fault('6210', CLOSED)
}

function lineProblem(company: QuickbooksCompany, draft: QuickbooksDraft, line: QuickbooksLine): QuickbooksFault | null {
  const account = accountOf(company, line.accountId)
  if (account === undefined) return unknownReference('Accounts', line.accountId)
  if (!account.active) return fault('610', INACTIVE)
  return (
    listProblem(company.classes, 'Class', line.classId) ??
    listProblem(company.departments, 'Department', line.departmentId) ??
    entityProblem(company, draft, line, account) ??
    accountCurrencyProblem(company, draft, account)
  )
}

function entityProblem(
  company: QuickbooksCompany,
  draft: QuickbooksDraft,
  { entity }: QuickbooksLine,
  { type }: QuickbooksAccount,
): QuickbooksFault | null {
  if (type === 'Accounts Receivable' && entity?.type !== 'Customer') {
    return business('When you use Accounts Receivable, you must choose a customer in the Name field.')
  }
  if (type === 'Accounts Payable' && entity?.type !== 'Vendor') {
    return business('When you use Accounts Payable, you must choose a vendor in the Name field.')
  }
  if (entity === null) return null
  const list: readonly QuickbooksName[] = entity.type === 'Customer' ? company.customers : company.vendors
  const problem = listProblem(list, 'Names', entity.id)
  if (problem !== null) return problem
  const name = list.find(({ id }) => id === entity.id)
  const mustMatch = company.multiCurrency && isReceivableOrPayable({ type })
  return mustMatch && name !== undefined && name.currency !== draft.currency
    ? business(`${name.name} is in ${name.currency} and the transaction in ${draft.currency}.`)
    : null
}

function accountCurrencyProblem(
  { homeCurrency }: QuickbooksCompany,
  { currency }: QuickbooksDraft,
  { currency: accountCurrency, fullName, type }: QuickbooksAccount,
): QuickbooksFault | null {
  if (accountCurrency === null || accountCurrency === currency) return null
  // A bank account of the home currency takes every transaction; receivables and payables only their own.
  if (accountCurrency === homeCurrency && !isReceivableOrPayable({ type })) return null
  return business(`The account ${fullName} is in ${accountCurrency} and the transaction in ${currency}.`)
}

function currencyProblem(
  company: QuickbooksCompany,
  { currency, exchangeRate }: QuickbooksDraft,
): QuickbooksFault | null {
  if (!/^[A-Z]{3}$/.test(currency))
    return fault('2500', `Invalid Reference Id : Currency ${currency} not found`, 'CurrencyRef')
  if (currency !== company.homeCurrency && !company.multiCurrency) {
    return business('Multi-currency is not enabled for this company.')
  }
  const isOne = /^1(\.0*)?$/.test(exchangeRate)
  return currency === company.homeCurrency && !isOne ? business('The exchange rate of the home currency is 1.') : null
}

function listProblem(list: readonly ListItem[], what: string, id: string | null): QuickbooksFault | null {
  if (id === null) return null
  const item = list.find((each) => each.id === id)
  if (item === undefined) return unknownReference(what, id)
  return item.active ? null : fault('610', INACTIVE)
}

function duplicateProblem(
  company: QuickbooksCompany,
  draft: QuickbooksDraft,
  id: string | null,
): QuickbooksFault | null {
  if (!company.preferences.warnDuplicateJournalNumber || draft.document === null) return null
  const other = [...company.entries.values()].find(
    (entry) => !entry.isDeleted && entry.document === draft.document && entry.id !== id,
  )
  if (other === undefined) return null
  const used = `DocNumber=${draft.document} is assigned to TxnType=Journal Entry with TxnId=${other.id}`
  return fault(
    '6140',
    `Duplicate Document Number Error : You must specify a different number. This number has already been used. ${used}`,
  )
}

function total(lines: readonly QuickbooksLine[], side: QuickbooksLine['posting']): bigint {
  return lines.reduce((sum, { posting, amount }) => (posting === side ? sum + amount : sum), 0n)
}

function accountOf({ accounts }: QuickbooksCompany, id: string): QuickbooksAccount | undefined {
  return accounts.find((account) => account.id === id)
}

function isReceivableOrPayable(account: Pick<QuickbooksAccount, 'type'> | undefined): boolean {
  return account?.type === 'Accounts Receivable' || account?.type === 'Accounts Payable'
}

function unknownReference(what: string, id: string): QuickbooksFault {
  return fault('2500', `Invalid Reference Id : ${what} element id ${id} not found`)
}

function business(sentence: string): QuickbooksFault {
  return fault('6000', `Business Validation Error: ${sentence}`)
}
