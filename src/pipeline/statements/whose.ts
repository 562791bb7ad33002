/**
 * Which accounts of the book a statement file belongs to, and which of its sections are whose: decided from the numbers in
 * the file before anything is landed. What cannot be told is refused with what to say.
 */
import { InputError } from '../../domain/errors.ts'
import { formatMoney } from '../../domain/money/money.ts'
import { compareAccounts, maskedNumber } from '../../domain/statements/account-number.ts'
import { assignSections, type AccountOfBook, type AssignmentProblem } from '../../domain/statements/assign-sections.ts'
import type { ParsedStatement, StatementSection } from '../../domain/statements/statement.ts'

/** An account somebody named, and its number in the file where nobody knows it yet. */
export interface WantedAccount {
  readonly name: string
  readonly number: string | null
}

export interface Whose {
  /** By account, the sections that are its own. */
  readonly taken: ReadonlyMap<string, readonly StatementSection[]>
  /** Of other accounts, which nobody asked for. */
  readonly left: readonly StatementSection[]
}

/** `wanted` empty: all accounts of the book. Throws InputError when a section may be several accounts', or nobody's. */
export function whoseSections(
  fileName: string,
  { sections }: ParsedStatement,
  book: readonly AccountOfBook[],
  wanted: readonly WantedAccount[],
): Whose {
  const known = book.map((account) => withSaid(account, wanted))
  const assigned = assignSections(
    sections,
    known,
    wanted.map(({ name }) => name),
  )
  if (assigned.kind === 'refused') throw refusalOf(fileName, sections, known, wanted, assigned.problem)
  const at = (places: readonly number[]): readonly StatementSection[] =>
    places.flatMap((place) => sections[place] ?? [])
  return { taken: new Map([...assigned.taken].map(([name, places]) => [name, at(places)])), left: at(assigned.left) }
}

function withSaid(account: AccountOfBook, wanted: readonly WantedAccount[]): AccountOfBook {
  const said = wanted.find(({ name }) => name === account.name)?.number ?? null
  if (said === null) return account
  const [known] = account.numbers
  if (known !== undefined && compareAccounts(known, said) === 'other')
    throw new InputError(
      'STATEMENT_OTHER_ACCOUNT',
      `"${account.name}" is account ${maskedNumber(known)}, and ${maskedNumber(said)} is another.`,
      'Name the right account with --account, or correct number: in tieout.yaml.',
    )
  return { ...account, numbers: [said] }
}

function refusalOf(
  fileName: string,
  sections: readonly StatementSection[],
  book: readonly AccountOfBook[],
  wanted: readonly WantedAccount[],
  problem: AssignmentProblem,
): InputError {
  const holds = `${fileName} holds ${listOf(sections, book)}`
  const [only] = wanted
  switch (problem.what) {
    case 'other-account':
      return otherAccount(fileName, sections, book, wanted, problem.accounts)
    case 'which-number':
      return asking(
        `${holds}, and nobody has said yet which number "${problem.account}" has.`,
        `Say it once: --account ${problem.account}=NUMBER (its last four digits will do), or number: of the account in tieout.yaml.`,
      )
    case 'several-owners':
      return asking(
        `${fileName}: account ${numberAt(sections, problem.section)} may be ${quoted(problem.accounts)}.`,
        'Write the numbers of these accounts in full: number: in tieout.yaml.',
      )
    case 'several-numbers':
      return asking(
        `${holds}, and more than one of them may be "${problem.account}": ${problem.sections.map((each) => sections[each]?.accountNumber).join(', ')}.`,
        `Say which, in full: --account ${problem.account}=NUMBER, or number: in tieout.yaml.`,
      )
    case 'no-owner':
      return asking(
        `${holds}, and no account of the book is known to be ${unique(problem.sections.map((each) => numberAt(sections, each))).join(' or ')}. Nothing was imported.`,
        'Say whose it is: --account NAME=NUMBER for each account of the file, or number: of the account in tieout.yaml; or take only one with --account NAME.',
      )
    case 'no-number':
      return asking(
        problem.sections.length === sections.length
          ? `${fileName} does not name its account, so it cannot be told whose it is.`
          : `${holds}, and lines that name no account, so they cannot be told apart.`,
        only === undefined || wanted.length > 1
          ? 'Name its account: --account NAME.'
          : 'Download each account alone, and import it with --account NAME.',
      )
    case 'other-currency':
      return otherCurrency(fileName, sections, book, problem)
  }
}

function otherAccount(
  fileName: string,
  sections: readonly StatementSection[],
  book: readonly AccountOfBook[],
  wanted: readonly WantedAccount[],
  owners: readonly string[],
): InputError {
  const named = wanted.map(({ name }) => {
    const [number] = book.find((each) => each.name === name)?.numbers ?? []
    return number === undefined ? `"${name}"` : `"${name}" (${maskedNumber(number)})`
  })
  const [owner] = owners
  const isRight = owner === undefined ? 'Name the right account with --account' : `Import it with --account ${owner}`
  return new InputError(
    'STATEMENT_OTHER_ACCOUNT',
    `${fileName} is the statement of ${listOf(sections, book)}, and not of ${named.join(', ')}.`,
    `${isRight}, or correct number: in tieout.yaml.`,
  )
}

function otherCurrency(
  fileName: string,
  sections: readonly StatementSection[],
  book: readonly AccountOfBook[],
  { account, section }: Extract<AssignmentProblem, { readonly what: 'other-currency' }>,
): InputError {
  const kept = book.find(({ name }) => name === account)?.currency ?? ''
  return new InputError(
    'STATEMENT_OTHER_CURRENCY',
    `${fileName} has lines in ${sections[section]?.currency ?? ''}, and "${account}" is kept in ${kept}.`,
    'Name the right account with --account; a bank account in another currency is an account of its own.',
  )
}

/** "3 accounts: …3000 (12 lines, "checking"), …4000 (2 lines)". */
function listOf(sections: readonly StatementSection[], book: readonly AccountOfBook[]): string {
  const groups = [...Map.groupBy(sections, ({ accountNumber }) => accountNumber ?? '')]
  const listed = groups.map(([number, own]) => {
    const lines = own.reduce((sum, each) => sum + each.lines.length, 0)
    const owner = book.find(({ numbers }) => numbers.some((each) => compareAccounts(each, number) === 'same'))
    const whose = owner === undefined ? '' : `, "${owner.name}"`
    return `${number === '' ? 'an account without a number' : maskedAmong(number, groups)} (${lines} ${lines === 1 ? 'line' : 'lines'}${whose})`
  })
  return listed.length === 1 ? `account ${listed[0]}` : `${listed.length} accounts: ${listed.join(', ')}`
}

/** In full where the last digits are those of another account of the file, too. */
function maskedAmong(number: string, groups: readonly (readonly [string, unknown])[]): string {
  const same = groups.filter(([each]) => maskedNumber(each) === maskedNumber(number))
  return same.length > 1 ? number : maskedNumber(number)
}

function numberAt(sections: readonly StatementSection[], place: number): string {
  return maskedNumber(sections[place]?.accountNumber ?? '')
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(' or ')
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
}

function asking(message: string, hint: string): InputError {
  return new InputError('STATEMENT_ACCOUNTS', message, hint)
}

/** What a file holds besides: "account …4000: 2 lines, 10.00 in, 5.00 out (EUR)". */
export function leftRemarks(left: readonly StatementSection[]): readonly string[] {
  return left.map(({ accountNumber, currency, lines }) => {
    const counted = lines.filter(({ uncounted }) => uncounted === null)
    const sum = (sign: 1 | -1): bigint =>
      counted.reduce((all, { amount }) => (amount > 0n === sign > 0 ? all + amount : all), 0n)
    const of = accountNumber === null ? 'an account without a number' : `account ${maskedNumber(accountNumber)}`
    return `Not imported here, as it is another account's: ${of}, ${lines.length} ${lines.length === 1 ? 'line' : 'lines'}, ${formatMoney(sum(1))} in, ${formatMoney(-sum(-1))} out (${currency}).`
  })
}
